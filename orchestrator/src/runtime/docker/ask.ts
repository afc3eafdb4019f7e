// SPDX-License-Identifier: Apache-2.0
import type { Check } from "./answers.ts";
import type { Engine } from "./client.ts";
import { refusalOf, refused, unreachable, unreadable, type Refusal } from "./errors.ts";

/** One request to the engine. */
export interface Question<T, O> {
  /** Completes "cannot ...". */
  readonly what: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly run: (abortSignal: AbortSignal) => Promise<T>;
  /** What a success must look like to be believed; anything where this is left out. */
  readonly check?: Check;
  /** Refusals that are answers, by HTTP status. */
  readonly outcomes?: Readonly<Record<number, (refusal: Refusal) => O>>;
  /** What becomes of every other refusal; an error by its status where this is left out. */
  readonly otherwise?: (refusal: Refusal) => O;
}

/**
 * Puts the question, within its deadline and the caller's signal. Every failure comes out in Berth's words
 * (E_RUNTIME_UNREACHABLE, E_RUNTIME_UNREADABLE, E_RUNTIME_FAILED, E_RUNTIME_REFUSED), except the caller's own abort, which
 * comes out as its reason.
 */
export async function ask<T, O = never>(engine: Engine, question: Question<T, O>): Promise<T | O> {
  const { what, limitMs, signal, run, check, outcomes, otherwise } = question;
  let answer: T;
  try {
    answer = await withDeadline(limitMs, signal, run);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const refusal = refusalOf(error);
    if (refusal === null) throw unreachable(engine, what, reasonOf(error), error);
    const outcome = outcomes?.[refusal.status] ?? otherwise;
    if (outcome === undefined) throw refused(what, refusal);
    return outcome(refusal);
  }
  if (check?.(answer) === false) throw unreadable(what);
  return answer;
}

/** As `ask`, for an answer that streams: the deadline holds until the answer begins, the signal until it ends. */
export async function askStream<T, O = never>(engine: Engine, question: Question<T, O>): Promise<T | O> {
  const tooLate = new AbortController();
  const life = AbortSignal.any([question.signal, tooLate.signal]);
  try {
    return await ask(engine, { ...question, run: () => question.run(life) });
  } catch (error) {
    tooLate.abort();
    throw error;
  }
}

async function withDeadline<T>(
  limitMs: number,
  signal: AbortSignal,
  run: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const cut = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  const pass = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${limitMs} ms`)), limitMs);
  signal.addEventListener("abort", pass, { once: true });
  try {
    return await Promise.race([run(controller.signal), cut]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", pass);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

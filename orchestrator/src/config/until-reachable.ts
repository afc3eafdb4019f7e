// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { backoffDelay } from "../domain/backoff.ts";
import { failureOf } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

const PATIENCE = { first: 500, longest: 15_000 };

/** Where a wait gets its time from and says what it waits for. */
export interface Waiting {
  readonly clock: Clock;
  readonly log: Log;
  /** Answers 0 up to 1. */
  readonly random: () => number;
}

/** Mended by a person, and then noticed by itself: the operator has no gas money. */
const WAITED_FOR = ["E_GAS_MONEY_INSUFFICIENT"];

/** Asks until there is an answer or an error that waiting will not mend; says what it waits for whenever that changes. */
export async function untilReachable<Answer>(
  { clock, log, random }: Waiting,
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  let said = "";
  for (let failures = 1; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BerthError) || !isWorthWaiting(error)) throw error;
      if (said !== error.code) log.warn({ ...failureOf(error), next: error.next }, "waiting to start");
      said = error.code;
      await clock.sleep(backoffDelay(PATIENCE, failures, random()), signal);
    }
  }
}

function isWorthWaiting({ code, retryable }: BerthError): boolean {
  return retryable || WAITED_FOR.includes(code);
}

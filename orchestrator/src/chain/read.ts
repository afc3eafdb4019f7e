// SPDX-License-Identifier: Apache-2.0
import { type BerthError, explainRevert, RetryableError, withSignal } from "@berth/sdk";
import type { PublicClient } from "viem";

/**
 * Runs a read of the chain. Whatever keeps it from an answer is a RetryableError, because not knowing is never a fact; when the
 * signal ended it, its reason is thrown.
 */
export async function readChain<Answer>(signal: AbortSignal, read: () => Promise<Answer>): Promise<Answer> {
  signal.throwIfAborted();
  try {
    return await read();
  } catch (error) {
    signal.throwIfAborted();
    throw unknownBecause(explainRevert(error));
  }
}

/** As {@link readChain}, with a client whose requests end with the signal. */
export function readWith<Answer>(
  client: PublicClient,
  signal: AbortSignal,
  read: (client: PublicClient) => Promise<Answer>,
): Promise<Answer> {
  return readChain(signal, () => withSignal(client, signal, read));
}

/** A node's answer that cannot be true, or not of the block that was asked for. */
export function unusableAnswer(message: string): RetryableError {
  return new RetryableError("E_CHAIN_ANSWER_UNUSABLE", message, {
    atRisk: "nothing: the answer was not used, and everything stays as it is until the chain can be read",
    next: "The read is repeated by itself; if this goes on, use another RPC.",
  });
}

/** Waits for what goes on without us; when the signal ends the wait, its reason is thrown. */
export async function unlessAborted<Answer>(signal: AbortSignal, answer: Promise<Answer>): Promise<Answer> {
  signal.throwIfAborted();
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
  });
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** The same failure as one that time may mend: what a read cannot tell is unknown, whatever kept it. */
export function unknownBecause(error: BerthError): RetryableError {
  if (error instanceof RetryableError) return error;
  const { code, message, next, facts } = error;
  return new RetryableError(code, message, {
    atRisk: "nothing: what the chain says is unknown, and nothing is decided on it",
    next,
    facts,
    cause: error,
  });
}

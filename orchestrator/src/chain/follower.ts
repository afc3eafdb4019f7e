// SPDX-License-Identifier: Apache-2.0
import { backoffDelay } from "../domain/backoff.ts";
import { failureOf } from "../domain/failure.ts";
import { createEventReader, type EventReaderOptions } from "./event-reader.ts";
import type { Clock } from "../ports/clock.ts";

export interface FollowerOptions extends EventReaderOptions {
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  /** Answers 0 up to 1: spreads the waits after failures. */
  readonly random: () => number;
  /** Called whenever the chain has moved; what to do is decided from state that is read anew. */
  readonly wake: () => void;
  /** Called with what kept a poll from its end; the cursor stays at what was applied before. */
  readonly onFailure: (error: unknown) => void;
}

const LONGEST_WAIT_MS = 30_000;

/**
 * Follows the chain until the signal is aborted, then resolves. Failures are reported, waited for (longer each time, up to
 * half a minute) and tried again, for ever.
 */
export async function followChain(options: FollowerOptions, signal: AbortSignal): Promise<void> {
  const { pollIntervalMs, clock, random, log, wake, onFailure } = options;
  const patience = { first: pollIntervalMs, longest: Math.max(pollIntervalMs, LONGEST_WAIT_MS) };
  const readOn = createEventReader(options);
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (await readOn(signal)) wake();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      log.warn({ ...failureOf(error), failures }, "the chain could not be followed");
      onFailure(error);
    }
    const wait = failures === 0 ? pollIntervalMs : backoffDelay(patience, failures, random());
    await clock.sleep(wait, signal).catch(() => undefined);
  }
}

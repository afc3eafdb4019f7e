// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
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

/** Asks until there is an answer or an error that time will not mend; says what it waits for whenever that changes. */
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
      if (!(error instanceof RetryableError)) throw error;
      if (said !== error.code) log.warn({ ...failureOf(error), next: error.next }, "waiting to start");
      said = error.code;
      await clock.sleep(backoffDelay(PATIENCE, failures, random()), signal);
    }
  }
}

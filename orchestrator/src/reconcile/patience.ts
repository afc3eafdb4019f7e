// SPDX-License-Identifier: Apache-2.0
import { backoffDelay } from "../domain/backoff.ts";
import type { ObservedContainer } from "../domain/observed.ts";

const AFTER_FAILURE = { first: 1_000, longest: 60_000 };
const AFTER_EXIT = { first: 1_000, longest: 600_000 };
/** A service that ran for so many milliseconds is not in a crash loop. */
const STABLE_RUN = 60_000;

/** Puts off what keeps failing: capped, doubling waits after failures in a row, and after quick exits in a row. */
export class Patience {
  readonly #random: () => number;
  #failures = 0;
  #restarts = 0;
  #notBefore = 0;

  /** `random` answers 0 up to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Milliseconds since 1970 before which nothing is tried. */
  get notBefore(): number {
    return this.#notBefore;
  }

  failed(now: number): void {
    this.#failures += 1;
    this.#notBefore = now + backoffDelay(AFTER_FAILURE, this.#failures, this.#random());
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Told before containers that have exited are started again. */
  awaitRestartOf(exited: readonly ObservedContainer[]): void {
    if (exited.length === 0) return;
    if (exited.every(ranWell)) this.#restarts = 0;
    const delay = backoffDelay(AFTER_EXIT, this.#restarts, 1);
    const lastExit = Math.max(...exited.map(({ finishedAt }) => finishedAt ?? 0));
    this.#notBefore = Math.max(this.#notBefore, lastExit + delay);
  }

  /** Told when these are being started again. */
  restarting(exited: readonly ObservedContainer[]): void {
    if (exited.length > 0) this.#restarts += 1;
  }
}

function ranWell({ startedAt, finishedAt }: ObservedContainer): boolean {
  return startedAt !== null && finishedAt !== null && finishedAt - startedAt >= STABLE_RUN;
}

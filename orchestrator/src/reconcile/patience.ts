// SPDX-License-Identifier: Apache-2.0
import { backoffDelay } from "../domain/backoff.ts";

const AFTER_FAILURE = { first: 1_000, longest: 60_000 };

/** Puts off what keeps failing: capped, doubling waits after failures in a row. */
export class Patience {
  readonly #random: () => number;
  #failures = 0;
  #failedAt = 0;
  #wait = 0;

  /** `random` answers 0 up to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** When it may be tried again, by the monotonic clock. */
  get notBefore(): number {
    return this.#failedAt + this.#wait;
  }

  failed(now: number): void {
    this.#failures += 1;
    this.#failedAt = now;
    this.#wait = backoffDelay(AFTER_FAILURE, this.#failures, this.#random());
  }

  succeeded(): void {
    this.#failures = 0;
  }
}

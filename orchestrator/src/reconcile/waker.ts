// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../ports/clock.ts";

/** A wait that events cut short. A wake while nobody waits is kept: the next wait ends at once. */
export class Waker {
  readonly #clock: Clock;
  #bell = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#bell.abort();
  }

  /** Ends after that many milliseconds or at a wake; rejects with the signal's reason when aborted. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#clock.sleep(milliseconds, AbortSignal.any([signal, this.#bell.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (!this.#bell.signal.aborted) throw error;
    }
    this.#bell = new AbortController();
  }
}

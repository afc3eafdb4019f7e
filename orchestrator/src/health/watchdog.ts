// SPDX-License-Identifier: Apache-2.0
import type { StalledLoop } from "../domain/health.ts";
import type { Clock } from "../ports/clock.ts";

interface Turn {
  readonly patience: number;
  /** By when the loop must have turned again. */
  dueAt: number;
}

/**
 * Knows of each loop whether it turns. A loop shows it by going to sleep and by waking up, on a clock of its own; between two such
 * moments it may work for its patience, and sleep for as long as it said.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #loops = new Map<string, Turn>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The clock that a loop is to use, and the milliseconds that one turn of it may take. A loop that is to end with a signal is not
   * expected to turn after it.
   */
  clockOf(loop: string, patience: number, end?: AbortSignal): Clock {
    const turn: Turn = { patience, dueAt: this.#clock.monotonic() + patience };
    if (end?.aborted !== true) this.#loops.set(loop, turn);
    end?.addEventListener("abort", () => this.#loops.delete(loop), { once: true });
    return {
      now: () => this.#clock.now(),
      monotonic: () => this.#clock.monotonic(),
      sleep: async (milliseconds, signal) => {
        turn.dueAt = this.#clock.monotonic() + milliseconds + patience;
        try {
          await this.#clock.sleep(milliseconds, signal);
        } finally {
          turn.dueAt = this.#clock.monotonic() + patience;
        }
      },
    };
  }

  stalled(): readonly StalledLoop[] {
    const now = this.#clock.monotonic();
    return [...this.#loops]
      .filter(([, { dueAt }]) => now > dueAt)
      .map(([loop, { dueAt, patience }]) => ({ loop, forMs: Math.round(now - dueAt + patience) }));
  }
}

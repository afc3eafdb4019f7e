// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that only a test moves. */
export class ManualClock implements Clock {
  #time: number;
  #set = 0;
  #sleepers: readonly Sleeper[] = [];

  constructor(now = 1_000_000_000) {
    this.#time = now;
  }

  now(): number {
    return this.#time + this.#set;
  }

  monotonic(): number {
    return this.#time;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      else if (milliseconds <= 0) resolve();
      else this.#sleepers = [...this.#sleepers, { until: this.#time + milliseconds, wake: resolve }];
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  /** Sets the wall clock forwards or back, and nothing else. */
  step(milliseconds: number): void {
    this.#set += milliseconds;
  }

  /** Lets time pass, in one leap, and then lets everybody act who woke up. */
  async advance(milliseconds: number): Promise<void> {
    this.#time += milliseconds;
    const due = this.#sleepers.filter(({ until }) => until <= this.#time);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#time);
    for (const { wake } of due) wake();
    await quiet();
  }
}

/** Lets everything happen that waits for no time and no input. */
export async function quiet(): Promise<void> {
  for (let round = 0; round < 30; round += 1) await turn();
}

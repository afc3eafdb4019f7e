// SPDX-License-Identifier: Apache-2.0
import type { Traffic } from "./traffic.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What somebody does at a moment: time stands still meanwhile. */
export type Chore = () => Promise<void>;

/** Lets everybody act in turn: who waits for answers first, then whoever has something to do, and time moves when nobody has. */
export class Stage {
  readonly time: VirtualTime;
  readonly traffic: Traffic;
  readonly #chores: Chore[] = [];

  constructor(time: VirtualTime, traffic: Traffic) {
    this.time = time;
    this.traffic = traffic;
  }

  /** Something is to be done so many milliseconds from now. */
  after(milliseconds: number, chore: Chore): void {
    this.time.at(this.time.now() + milliseconds, () => void this.#chores.push(chore));
  }

  /** Plays until a time, in milliseconds since 1970, or until the condition holds where that is earlier. */
  async play(until: number, isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      await this.traffic.calm();
      if (isOver()) return;
      const chore = this.#chores.shift();
      if (chore !== undefined) {
        await chore();
        continue;
      }
      const next = this.time.next();
      if (next === null || next > until) return;
      this.time.step();
    }
  }
}

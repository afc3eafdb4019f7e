// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const GROWTH = 1.5;

/** Pauses between looks: short at first, since most waits are short, then once a second. */
export interface Patience {
  /** Waits for the next look. Throws the signal's reason. */
  pause(signal: AbortSignal): Promise<void>;
}

/** A fresh patience for one wait. */
export function createPatience(): Patience {
  let next = FIRST_PAUSE_MS;
  return {
    pause: async (signal) => {
      const length = next;
      next = Math.min(next * GROWTH, LONGEST_PAUSE_MS);
      await delay(length, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const GROWTH = 1.5;

/** Pauses between looks: short at first, since most waits are short, then longer. */
export interface Patience {
  /** Waits for the next look. Throws the signal's reason. */
  pause(signal: AbortSignal): Promise<void>;
}

/** A fresh patience for one wait: in the end a look every `longestMs`, a second where nothing is said. */
export function createPatience(longestMs = LONGEST_PAUSE_MS): Patience {
  let next = FIRST_PAUSE_MS;
  return {
    pause: async (signal) => {
      const length = next;
      next = Math.min(next * GROWTH, longestMs);
      await delay(length, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
  };
}

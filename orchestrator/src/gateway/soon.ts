// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../ports/clock.ts";

/** How long to wait for what a block is about to show, and how often to look, in milliseconds. */
const WAIT = 3_000;
const PAUSE = 200;

/** Looks until there is something to see, for a moment; null when there is nothing after it. */
export async function soon<Seen>(
  clock: Clock,
  look: () => Promise<Seen | null>,
  signal: AbortSignal,
): Promise<Seen | null> {
  for (let waited = 0; waited < WAIT; waited += PAUSE) {
    const seen = await look();
    if (seen !== null) return seen;
    await clock.sleep(PAUSE, signal);
  }
  return look();
}

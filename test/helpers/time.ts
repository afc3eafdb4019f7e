// SPDX-License-Identifier: Apache-2.0
import { networkHelpers } from "./chain.ts";

export const MINUTE = 60n;
export const HOUR = 3_600n;
export const DAY = 86_400n;

export const LAPSE_PERIOD = 72n * HOUR;
export const DISPUTE_WINDOW = 48n * HOUR;
export const RULING_PERIOD = 7n * DAY;

let pinned = 0n;

/** The time of every following block, in seconds since 1970: it moves only when a test moves it. */
export function now(): bigint {
  return pinned;
}

/** Takes the chain's time as now; a fixture calls it when it has put the chain back. */
export async function syncTime(): Promise<void> {
  pinned = BigInt(await networkHelpers.time.latest());
}

/** Makes the next transaction happen now, whatever the wall clock says. */
export async function pinTime(): Promise<void> {
  await networkHelpers.time.setNextBlockTimestamp(pinned);
}

/** Moves time on and mines a block there, so that readings see it too. */
export async function advance(seconds: bigint): Promise<void> {
  await advanceTo(pinned + seconds);
}

/** As {@link advance}, to a time in seconds since 1970 that is not before now. */
export async function advanceTo(time: bigint): Promise<void> {
  pinned = time;
  await pinTime();
  await networkHelpers.mine(1);
}

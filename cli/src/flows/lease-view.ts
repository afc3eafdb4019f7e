// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary } from "@berth/sdk";

/** The contract's stand-in for a depletion too far away to be told. */
const FAR_AWAY = 2n ** 32n - 1n;

/** Seconds of running meter until the balance is used up; null where the meter stands still or the end is too far away to tell. */
export function depletesIn({ status, depletionClock, clockNow }: LeaseSummary): bigint | null {
  if (status !== "active" || depletionClock >= FAR_AWAY) return null;
  return depletionClock > clockNow ? depletionClock - clockNow : 0n;
}

// SPDX-License-Identifier: Apache-2.0

/** How far a workload is kept from the provider's machine, from the weakest to the strongest. */
export const ISOLATION_TIERS = ["runc", "userns", "gvisor"] as const;

export type IsolationTier = (typeof ISOLATION_TIERS)[number];

/** True where what is claimed isolates at least as well as what is needed; null needs nothing in particular. */
export function isTierEnough(claimed: IsolationTier, needed: IsolationTier | null): boolean {
  return needed === null || ISOLATION_TIERS.indexOf(claimed) >= ISOLATION_TIERS.indexOf(needed);
}

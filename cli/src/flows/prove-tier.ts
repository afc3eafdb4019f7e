// SPDX-License-Identifier: Apache-2.0
import { type HostCapabilities, type IsolationTier, provenTiers, UserError } from "@berth/sdk";

/** An offer's claim never changes, and a lease under it is given back where it is not kept. UserError E_TIER_NOT_PROVEN. */
export function requireProven(capabilities: HostCapabilities, tier: IsolationTier): void {
  const proven = provenTiers(capabilities);
  if (proven.includes(tier)) return;
  const { userns, gvisor, seccomp } = capabilities;
  const how = { runc: seccomp, userns, gvisor }[tier];
  throw new UserError("E_TIER_NOT_PROVEN", `This machine does not prove the tier ${tier}: ${how.how}.`, {
    atRisk: "nothing: no offer was made",
    next: "Run `berth provider doctor` on the machine that serves the offer, mend what it says, or claim a tier that it proves.",
    facts: { tier, proven: proven.join(",") },
  });
}

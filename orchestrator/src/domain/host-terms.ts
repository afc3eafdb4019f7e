// SPDX-License-Identifier: Apache-2.0
import { engineShortfalls, provenTiers, type HostCapabilities, type IsolationTier } from "@berth/sdk";
import type { LeaseRefusal } from "./desired.ts";
import type { Failure } from "./failure.ts";
import type { LeaseId } from "./identity.ts";

/** What a provider says about strangers on his machine. */
export interface HostTerms {
  /** Nobody but these is served: then nobody is a stranger. Null for everybody. */
  readonly allowedTenants: readonly `0x${string}`[] | null;
  /** True where he takes strangers on an engine that is too old for them. */
  readonly acceptOldEngine: boolean;
  /** True on a chain of one's own, where nobody is a stranger either. */
  readonly isDevelopment: boolean;
}

/** Why no lease is begun before the machine was measured. */
export const HOST_UNKNOWN: Failure = {
  code: "E_HOST_UNKNOWN",
  message:
    "The provider's machine is being measured: he begins no new lease until it is known what it can enforce. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

/** Why a machine does not take a lease of an offer that claims this tier; null where it does. */
export function refusalOnHost(
  capabilities: HostCapabilities,
  { allowedTenants, acceptOldEngine, isDevelopment }: HostTerms,
  leaseId: LeaseId,
  tier: IsolationTier,
): LeaseRefusal | null {
  if (!provenTiers(capabilities).includes(tier)) return notEnforced(leaseId, tier);
  const isOpen = allowedTenants === null && !acceptOldEngine && !isDevelopment;
  return isOpen && engineShortfalls(capabilities).length > 0 ? tooOld(leaseId) : null;
}

function notEnforced(leaseId: LeaseId, tier: IsolationTier): LeaseRefusal {
  const message = `The offer claims the isolation tier ${tier}, which the provider's machine does not enforce: take another offer.`;
  return { leaseId, code: "E_TIER_NOT_ENFORCED", message, cause: "hardware" };
}

function tooOld(leaseId: LeaseId): LeaseRefusal {
  const message = "The provider's engine is too old for tenants whom he does not know: take another offer.";
  return { leaseId, code: "E_ENGINE_TOO_OLD", message, cause: "hardware" };
}

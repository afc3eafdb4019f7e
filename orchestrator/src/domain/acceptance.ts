// SPDX-License-Identifier: Apache-2.0
import type { LeaseKnowledge, LeaseRefusal } from "./desired.ts";
import type { LeaseId } from "./identity.ts";

/** Whose leases a provider takes. Addresses in any spelling. */
export interface AcceptanceRules {
  /** Nobody but these; null for everybody. */
  readonly allowedTenants: readonly `0x${string}`[] | null;
  /** None of these, whatever else is said. */
  readonly deniedTenants: readonly `0x${string}`[];
  /** The most leases of one tenant that may be open at once, 1 or more; null for as many as the offers have room for. */
  readonly leasesPerTenant: number | null;
}

type Known = Extract<LeaseKnowledge, { readonly kind: "known" }>;

/** What takes everybody. */
export const ACCEPT_ALL: AcceptanceRules = { allowedTenants: null, deniedTenants: [], leasesPerTenant: null };

/**
 * The pending leases of a provider that he does not take, each with why. A lease that was started was taken: no rule ever ends it. Of one
 * tenant's leases those that were started come first, then the older ones, so that a new one pushes none out.
 */
export function refusedLeases(
  rules: AcceptanceRules,
  provider: `0x${string}`,
  knowledge: readonly LeaseKnowledge[],
): ReadonlyMap<LeaseId, LeaseRefusal> {
  const open = knowledge.filter((known): known is Known => isOpen(known, provider)).sort(inOrder);
  const taken = new Map<string, number>();
  const refused = new Map<LeaseId, LeaseRefusal>();
  for (const known of open) {
    const tenant = known.lease.tenant.toLowerCase();
    const count = taken.get(tenant) ?? 0;
    const refusal = known.lease.status === "pending" ? refusalOf(known, count, rules) : null;
    if (refusal === null) taken.set(tenant, count + 1);
    else refused.set(known.leaseId, refusal);
  }
  return refused;
}

/** `taken` is how many leases of the same tenant come before it. */
function refusalOf({ leaseId, lease }: Known, taken: number, rules: AcceptanceRules): LeaseRefusal | null {
  const { allowedTenants, deniedTenants, leasesPerTenant } = rules;
  const isIn = (tenants: readonly string[]): boolean => tenants.some((each) => isSame(each, lease.tenant));
  if (isIn(deniedTenants) || (allowedTenants !== null && !isIn(allowedTenants))) return notServed(leaseId);
  return leasesPerTenant !== null && taken >= leasesPerTenant ? tooMany(leaseId, leasesPerTenant) : null;
}

function isOpen(known: LeaseKnowledge, provider: string): boolean {
  if (known.kind !== "known" || known.lease.status === "closed") return false;
  return isSame(known.lease.provider, provider);
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function inOrder(one: Known, other: Known): number {
  const waits = ({ lease }: Known): number => (lease.status === "pending" ? 1 : 0);
  return waits(one) - waits(other) || Number(one.leaseId - other.leaseId);
}

function notServed(leaseId: LeaseId): LeaseRefusal {
  const message = "The provider does not serve this tenant.";
  return { leaseId, code: "E_TENANT_NOT_SERVED", message, cause: "unspecified" };
}

function tooMany(leaseId: LeaseId, most: number): LeaseRefusal {
  const message = `The provider keeps ${most} open at once for one tenant: close one first.`;
  return { leaseId, code: "E_TENANT_LEASES_TOO_MANY", message, cause: "capacity" };
}

// SPDX-License-Identifier: Apache-2.0
import { shortfalls, shortfallText, type Capacity, type Taken } from "@berth/sdk/hardware";
import type { LeaseRefusal } from "./desired.ts";
import type { Failure } from "./failure.ts";
import type { LeaseId } from "./identity.ts";

/** A lease with what its offer gives it. */
export interface Claim {
  readonly leaseId: LeaseId;
  /** Whether it was started, or something of it is on the machine already. */
  readonly isBegun: boolean;
  readonly resources: Taken;
}

export const CAPACITY_UNKNOWN: Failure = {
  code: "E_CAPACITY_UNKNOWN",
  message:
    "The provider does not know yet what his machine has left: he begins no new lease until he does. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

/**
 * Leases that the machine has no room for, each with what is short. Those that were begun come first and are never turned out, then the
 * older ones: what is given is never more than what is there.
 */
export function overCapacity(
  capacity: Capacity,
  claims: readonly Claim[],
): ReadonlyMap<LeaseId, LeaseRefusal> {
  const given = claims.filter(({ isBegun }) => isBegun).map(({ resources }) => resources);
  const refused = new Map<LeaseId, LeaseRefusal>();
  for (const { leaseId, resources } of claims.filter(({ isBegun }) => !isBegun).sort(byAge)) {
    const short = shortBy(capacity, given, resources);
    if (short.length === 0) given.push(resources);
    else refused.set(leaseId, noRoom(leaseId, short));
  }
  return refused;
}

/** Only what the lease itself asks for can be short by it: where begun leases take too much cores, one without any would still fit. */
function shortBy(capacity: Capacity, given: readonly Taken[], asked: Taken): readonly string[] {
  return shortfalls(capacity, [...given, asked]).map(shortfallText);
}

function noRoom(leaseId: LeaseId, short: readonly string[]): LeaseRefusal {
  const message = `The provider's machine has no room left for this lease (${short.join("; ")}).`;
  return { leaseId, code: "E_MACHINE_FULL", message, cause: "capacity" };
}

function byAge(one: Claim, other: Claim): number {
  return Number(one.leaseId - other.leaseId);
}

// SPDX-License-Identifier: Apache-2.0
import { LEASE_STATUSES, type LeaseStatus } from "../types.ts";
import { date, NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

const NEXT_BY_STATUS: Record<LeaseStatus, string> = {
  none: "Check the number and the chain.",
  pending:
    "Wait until the provider starts it; if he has not by the end of its start period, close it and get everything back.",
  active: "It is running: settle, pause, top up or close it.",
  paused: "The provider can resume it; the tenant can close it and pays nothing for the pause.",
  depleted: "The tenant can top it up while the provider reports, or close it.",
  lapsed: "The provider can report again; the tenant can close it and gets what is left and the collateral.",
  closed: "It is over and cannot come back: open a new lease.",
};

/** Refusals about a lease. */
export const leaseWords: RevertTableOf<"Lease"> = {
  LeaseUnknown: ({ leaseId }) => ({
    message: `There is no lease ${leaseId}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Check the number and the chain.",
  }),
  LeaseStatusUnexpected: ({ leaseId, actual, allowed }) => ({
    message: `Lease ${leaseId} is ${statusName(actual)}; this can be done only while it is ${statusNames(allowed)}.`,
    atRisk: NO_MONEY_MOVED,
    next: NEXT_BY_STATUS[statusName(actual)],
  }),
  LeaseCallerNotTenant: ({ leaseId, caller }) => ({
    message: `${caller} is not the tenant of lease ${leaseId}, and only the tenant, or where it gets money his delegate, may do this now.`,
    atRisk: NO_MONEY_MOVED,
    next: "Use the tenant's wallet, or one that he made his delegate and whose time has not run out.",
  }),
  LeaseAmountTooSmall: ({ leaseId, actual, minimum }, say) => ({
    message: `${leaseId === 0n ? "The new lease" : `Lease ${leaseId}`} would get ${say.amount(actual)}; the least is ${say.amount(minimum)}.`,
    atRisk: NO_MONEY_MOVED,
    next: `Put in at least ${say.amount(minimum)}; if the token takes a fee on transfers, add the fee.`,
  }),
  LeaseBalanceTooLarge: ({ leaseId, actual, maximum }, say) => ({
    message: `${leaseId === 0n ? "The new lease" : `Lease ${leaseId}`} would hold ${say.amount(actual)}; a lease holds at most ${say.amount(maximum)}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Put in less; settling the lease first makes room.",
  }),
  LeaseStartTooLate: ({ leaseId, time, startBy }) => ({
    message: `Lease ${leaseId} was to be started by ${date(startBy)}; now it is ${date(time)}.`,
    atRisk:
      "no money moved: the lease earns nothing, and its whole balance goes back to the tenant when it closes",
    next: "Stop what was started for it and close it: anybody may now.",
  }),
  LeaseStartPending: ({ leaseId, time, startBy }) => ({
    message: `The provider still has until ${date(startBy)} to start lease ${leaseId}; now it is ${date(time)}.`,
    atRisk: "nothing: the balance stays in the lease and comes back in full if he does not start it",
    next: `Close it after ${date(startBy)}, or once it has started.`,
  }),
  LeaseRetained: ({ leaseId, clock, retainedUntil }) => ({
    message: `The data of lease ${leaseId} is kept for its tenant until service clock ${retainedUntil}; it is ${clock} now.`,
    atRisk: "no money moved; the tenant's data would have been lost",
    next: `Wait until the provider's service clock has run ${retainedUntil - clock} s more; its tenant or provider may close it now.`,
  }),
  LeaseListTooLong: ({ actual, maximum }) => ({
    message: `The list holds ${actual} entries; one call takes at most ${maximum}.`,
    atRisk: NO_MONEY_MOVED,
    next: `Split it into calls of at most ${maximum}.`,
  }),
};

function statusName(index: number): LeaseStatus {
  return LEASE_STATUSES[index] ?? "none";
}

function statusNames(bits: bigint): string {
  const names = LEASE_STATUSES.filter((_, index) => (bits >> BigInt(index)) & 1n);
  const [last, ...others] = names.toReversed();
  return others.length === 0 ? String(last) : `${others.reverse().join(", ")} or ${last}`;
}

// SPDX-License-Identifier: Apache-2.0
import { date, NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

/** Refusals about disputes. */
export const disputeWords: RevertTableOf<"Dispute"> = {
  DisputeAlreadyOpened: ({ leaseId }) => ({
    message: `Lease ${leaseId} has or had its one dispute.`,
    atRisk: NO_MONEY_MOVED,
    next: "Look at the dispute; there is no second one.",
  }),
  DisputeNotOpen: ({ leaseId }) => ({
    message: `Lease ${leaseId} has no dispute that awaits a ruling.`,
    atRisk: NO_MONEY_MOVED,
    next: "Look at the lease's history: the dispute was never opened, or is over.",
  }),
  DisputeArbitratorAbsent: ({ leaseId }) => ({
    message: `The offer of lease ${leaseId} names no arbitrator: nobody could rule.`,
    atRisk: NO_MONEY_MOVED,
    next: "Close the lease: its balance comes back at once.",
  }),
  DisputeCollateralAbsent: ({ leaseId }) => ({
    message: `No collateral stands behind lease ${leaseId}: it had none, or it was unlocked, forfeited or awarded before.`,
    atRisk: NO_MONEY_MOVED,
    next: "There is nothing left to dispute. A tenant's own close unlocks the collateral: dispute before it.",
  }),
  DisputeTooLate: ({ leaseId, time, disputableUntil }) => ({
    message: `Lease ${leaseId} could be disputed until ${date(disputableUntil)}; now it is ${date(time)}.`,
    atRisk: NO_MONEY_MOVED,
    next: "There is nothing left to dispute: anybody may release its collateral.",
  }),
  DisputeAmountOutOfBounds: ({ leaseId, actual, maximum }, say) => ({
    message: `A dispute about ${say.amount(actual)} is not possible: lease ${leaseId} has a collateral of ${say.amount(maximum)}.`,
    atRisk: NO_MONEY_MOVED,
    next: `Ask for more than nothing, and at most ${say.amount(maximum)}.`,
  }),
  DisputeAwardTooLarge: ({ leaseId, actual, maximum }, say) => ({
    message: `The tenant of lease ${leaseId} asked for ${say.amount(maximum)}; ${say.amount(actual)} cannot be awarded.`,
    atRisk: NO_MONEY_MOVED,
    next: `Award at most ${say.amount(maximum)}.`,
  }),
  DisputeCallerNotArbitrator: ({ leaseId, caller }) => ({
    message: `${caller} is not the arbitrator of lease ${leaseId}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Only the arbitrator whom the offer names may rule.",
  }),
  DisputeRulingTooLate: ({ leaseId, time, ruleBy }) => ({
    message: `A ruling on lease ${leaseId} was due by ${date(ruleBy)}; now it is ${date(time)}.`,
    atRisk: "no money moved: the bond goes back to the tenant once somebody expires the dispute",
    next: "Call expireDispute: anybody may.",
  }),
  DisputeRulingPending: ({ leaseId, time, ruleBy }) => ({
    message: `The arbitrator of lease ${leaseId} still has until ${date(ruleBy)} to rule; now it is ${date(time)}.`,
    atRisk: "nothing: bond and collateral stay where they are",
    next: `Wait for the ruling, or expire the dispute after ${date(ruleBy)}.`,
  }),
};

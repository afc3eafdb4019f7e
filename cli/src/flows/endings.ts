// SPDX-License-Identifier: Apache-2.0
import type { CloseCause, CloseReason, MarketEvent } from "@berth/sdk";
import { UserError } from "@berth/sdk";

const reasonWords: Readonly<Record<CloseReason, string>> = {
  none: "it is open",
  tenantClosed: "the tenant closed it",
  providerClosed: "the provider closed it",
  declined: "the provider declined it before it started",
  notStarted: "the provider did not start it in time",
  depleted: "its balance was used up and its retention was over",
  lapsed: "the provider was silent for so long that his collateral went to the tenant",
  completed: "its workload ended by itself",
};

const causeWords: Readonly<Record<CloseCause, string>> = {
  unspecified: "he gave no cause",
  image: "an image could not be had or run",
  manifest: "the manifest did not arrive or could not be accepted",
  capacity: "there was no room for it",
  hardware: "the hardware failed",
  drain: "he is emptying the machine",
  abuse: "he reports abuse",
  price: "the price no longer suits him",
};

/** How a lease ended, as its events tell it; null while it is open. */
export interface Ending {
  readonly reason: CloseReason;
  readonly cause: CloseCause;
  readonly refund: bigint;
  readonly words: string;
}

/** Finds the end of a lease in its events. The cause is the provider's own statement, so it is left out of other endings. */
export function endingOf(life: readonly MarketEvent[]): Ending | null {
  const closed = life.find((event) => event.name === "LeaseClosed");
  if (closed === undefined) return null;
  const { reason, cause, refund } = closed.args;
  const stated = reason === "declined" || reason === "providerClosed";
  const words = stated ? `${reasonWords[reason]}: ${causeWords[cause]}` : reasonWords[reason];
  return { reason, cause, refund, words };
}

/** The error for a lease that ended before its workload was up. */
export function endedTooSoon(
  leaseId: bigint,
  { reason, cause, refund, words }: Ending,
  detail: string,
): UserError {
  const because = detail === "" ? "" : ` The gateway said: ${detail}`;
  return new UserError(
    reason === "declined" ? "E_LEASE_DECLINED" : "E_LEASE_ENDED",
    `Lease ${leaseId} is closed: ${words}.${because}`,
    {
      atRisk: "nothing: the refund lies in your free balance in the market",
      next: "`berth withdraw` pays it out; mend what the cause names, or choose another offer with --offer.",
      facts: { leaseId: leaseId.toString(), reason, cause, refund: refund.toString() },
    },
  );
}

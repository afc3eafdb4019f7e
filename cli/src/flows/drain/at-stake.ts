// SPDX-License-Identifier: Apache-2.0
import type { LeaseStatus } from "@berth/sdk";
import type { Address } from "viem";
import { zeroAddress } from "viem";
import { depletesIn } from "../lease-view.ts";
import type { ProviderOffer, ProviderOverview, ServedLease } from "../provider-overview.ts";
import type { Token } from "../token.ts";

/** What hangs on an open lease of a provider. Amounts in base units, times in seconds since 1970 or null where nobody can tell. */
export interface LeaseAtStake {
  readonly leaseId: bigint;
  readonly status: LeaseStatus;
  readonly tenant: Address;
  readonly token: Token;
  readonly accrued: bigint;
  /** What a close gives back to the tenant. */
  readonly refundable: bigint;
  /** When the balance is used up, if the provider goes on reporting and nobody puts money in. */
  readonly paidUntil: bigint | null;
  /** When the daemon ends it by itself: once its retention is over too. */
  readonly endsAt: bigint | null;
  /** Collateral that the provider's close leaves locked for the dispute window, in which the tenant may ask for it. */
  readonly held: bigint;
  /** Collateral that the provider's close gives to the tenant, because the provider has lapsed. */
  readonly forfeited: bigint;
}

/** The open leases of a provider; `now` is the chain's time, in seconds since 1970. */
export function leasesAtStake(overview: ProviderOverview, now: bigint): readonly LeaseAtStake[] {
  const { leases, offers, money } = overview;
  return leases.flatMap((lease) => {
    const { summary, leaseId } = lease;
    const offer = offers.find((each) => each.offerId === summary.offerId);
    const token = money.find((each) => each.token.address === summary.token)?.token;
    if (summary.status === "closed" || offer === undefined || token === undefined) return [];
    const { status, tenant, accrued, refundable } = summary;
    return [
      {
        leaseId,
        status,
        tenant,
        token,
        accrued,
        refundable,
        ...end(lease, offer, now),
        ...cost(lease, offer),
      },
    ];
  });
}

function end(
  { summary }: ServedLease,
  { terms }: ProviderOffer,
  now: bigint,
): Pick<LeaseAtStake, "paidUntil" | "endsAt"> {
  const { status, silent, clockNow, depletionClock, startBy } = summary;
  if (status === "pending") return { paidUntil: null, endsAt: startBy };
  if (silent) return { paidUntil: null, endsAt: null };
  const left = status === "depleted" ? depletionClock - clockNow : depletesIn(summary);
  if (left === null) return { paidUntil: null, endsAt: null };
  return { paidUntil: now + left, endsAt: now + left + terms.retentionPeriod };
}

function cost({ summary }: ServedLease, { terms }: ProviderOffer): Pick<LeaseAtStake, "held" | "forfeited"> {
  const { status, collateral } = summary;
  if (status === "lapsed") return { held: 0n, forfeited: collateral };
  const isFreed = status === "pending" || terms.arbitrator === zeroAddress;
  return { held: isFreed ? 0n : collateral, forfeited: 0n };
}

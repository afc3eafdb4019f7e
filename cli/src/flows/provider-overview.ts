// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary, Offer, ProviderSummary, Resources } from "@berth/sdk";
import type { Address } from "viem";
import { endpointOf, leasesServedBy, offersCreated } from "./history.ts";
import type { MarketSession } from "./session.ts";
import type { Token } from "./token.ts";
import { readToken } from "./token.ts";
import { unknownProvider } from "./unknown.ts";

/** An offer of a provider. */
export interface ProviderOffer extends Offer {
  readonly offerId: bigint;
  readonly resources: Resources;
}

/** A lease that a provider serves or served. */
export interface ServedLease {
  readonly leaseId: bigint;
  readonly summary: LeaseSummary;
}

/** A provider's money in one token, in base units. */
export interface ProviderMoney {
  readonly token: Token;
  readonly staked: bigint;
  /** The part of the stake that stands behind leases. */
  readonly locked: bigint;
  /** His free balance: settled, not paid out. */
  readonly free: bigint;
  /** Earned in open leases, not settled. */
  readonly accrued: bigint;
}

/** Everything about a provider. */
export interface ProviderOverview {
  readonly provider: Address;
  readonly summary: ProviderSummary;
  readonly endpoint: string;
  readonly offers: readonly ProviderOffer[];
  readonly leases: readonly ServedLease[];
  readonly money: readonly ProviderMoney[];
}

/** Reads a provider with his offers, leases and money. Throws UserError E_PROVIDER_UNKNOWN. */
export async function readProvider(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<ProviderOverview> {
  const summary = await session.market.providerOf(provider, { signal });
  if (summary.reportPeriod === 0n) throw unknownProvider(provider);
  const [endpoint, offers, leases] = await Promise.all([
    endpointOf(session, provider, signal),
    readOffers(session, provider, signal),
    readServed(session, provider, signal),
  ]);
  const tokens = [...new Set(offers.map(({ terms }) => terms.token))];
  const money = await Promise.all(tokens.map((token) => readMoney(session, provider, token, leases, signal)));
  return { provider, summary, endpoint, offers, leases, money };
}

async function readOffers(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<readonly ProviderOffer[]> {
  const created = await offersCreated(session, provider, signal);
  return Promise.all(
    created.map(async ({ args: { offerId, resources } }) => {
      const offer = await session.market.offerOf(offerId, { signal });
      return { offerId, resources, ...offer };
    }),
  );
}

async function readServed(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<readonly ServedLease[]> {
  const opened = await leasesServedBy(session, provider, signal);
  const ids = opened.map(({ args }) => args.leaseId);
  const summaries = await session.market.leaseSummaries(ids, { signal });
  return ids.flatMap((leaseId, index) => {
    const summary = summaries[index];
    return summary === undefined || summary.status === "none" ? [] : [{ leaseId, summary }];
  });
}

async function readMoney(
  session: MarketSession,
  provider: Address,
  address: Address,
  leases: readonly ServedLease[],
  signal: AbortSignal,
): Promise<ProviderMoney> {
  const [token, stake, free] = await Promise.all([
    readToken(session, address, signal),
    session.market.stakeOf(address, provider, { signal }),
    session.market.balanceOf(address, provider, { signal }),
  ]);
  const own = leases.filter(({ summary }) => summary.token === address);
  return { token, ...stake, free, accrued: own.reduce((sum, { summary }) => sum + summary.accrued, 0n) };
}

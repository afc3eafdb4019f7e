// SPDX-License-Identifier: Apache-2.0
import { type LeaseSummary, type Market, marketCalls } from "@berth/sdk";
import { crashpoint } from "../crashpoint.ts";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { MarketChain } from "../ports/market-chain.ts";
import { marketFees } from "./fees.ts";
import { readChain, readWith } from "./read.ts";
import type { TransactionSender } from "./transaction-sender.ts";

export interface SettlingOptions {
  readonly sender: Pick<TransactionSender, "send">;
  readonly market: Market;
  readonly chain: Pick<MarketChain, "head" | "leases">;
  readonly provider: `0x${string}`;
  readonly journal: Pick<Journal, "leaseNotes">;
  /** Wei that one whole token is worth, by its address; a token without a price is never settled for. */
  readonly prices: ReadonlyMap<`0x${string}`, bigint>;
  /** The most of what a settlement brings that its gas may cost. */
  readonly gasPercent: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A lease whose settlement brings something. */
interface Due {
  readonly leaseId: LeaseId;
  readonly settledClock: bigint;
  readonly wei: bigint;
}

const SETTLE_INTERVAL = 3_600_000;
/** The contract takes no longer list. */
const MOST_IDS = 128;
/** More than one lease more in a list costs, in gas: what brings less than its own place is left out. */
const GAS_PER_LEASE = 15_000n;

/** Settles what pays, once an hour, until the signal; without a price it never does, and nothing is lost by that. */
export async function runSettling(options: SettlingOptions, signal: AbortSignal): Promise<void> {
  const { prices, clock, log } = options;
  while (prices.size > 0 && !signal.aborted) {
    try {
      await clock.sleep(SETTLE_INTERVAL, signal);
      await settleWhatPays(options, signal);
    } catch (error) {
      if (!signal.aborted) log.warn(failureOf(error), "settling failed; nothing is lost by it");
    }
  }
}

/**
 * Settles the leases whose due is worth its gas, in one transaction that never costs more than the set share of what it brings.
 * Answers those whose state shows it afterwards. The money is credited to the provider; taking it out is the owner's alone.
 */
export async function settleWhatPays(
  options: SettlingOptions,
  signal: AbortSignal,
): Promise<readonly LeaseId[]> {
  const { sender, market, gasPercent, log } = options;
  let dues: readonly Due[] = [];
  const prepare = async (turn: AbortSignal) => {
    dues = await payingDues(options, turn);
    const ids = dues.map(({ leaseId }) => leaseId);
    if (ids.length === 0) return null;
    crashpoint("settlement-planned");
    return marketCalls(market.address).settle(ids);
  };
  const budget = (): bigint => share(total(dues), gasPercent);
  const mined = await sender.send({ purpose: "settle", worth: "settle", prepare, budget }, signal);
  if (mined === null) return [];
  const { hash, blockNumber } = mined;
  const ids = dues.map(({ leaseId }) => leaseId);
  const after = await readChain(signal, () => market.leaseSummaries(ids, { blockNumber, signal }));
  const settled = dues.filter(({ settledClock }, index) => (after[index]?.settledClock ?? 0n) > settledClock);
  log.info({ hash, asked: dues.length, settled: settled.length, worthWei: String(total(dues)) }, "settled");
  return settled.map(({ leaseId }) => leaseId);
}

/** The leases that pay for their own place in the list by what is deep enough in the chain, those that bring most first. */
async function payingDues(options: SettlingOptions, signal: AbortSignal): Promise<readonly Due[]> {
  const { market, chain, provider, journal, gasPercent } = options;
  const ids = journal.leaseNotes().map(({ leaseId }) => leaseId);
  if (ids.length === 0) return [];
  const leases = await chain.leases(ids, await chain.head(signal, "settle"), signal);
  const { maxFeePerGas } = await readWith(market.client, signal, marketFees);
  const weiOf = await valuation(options, signal);
  const dues = [...leases].flatMap(([leaseId, lease]): readonly Due[] =>
    isDue(lease, provider) ? [{ leaseId, settledClock: lease.settledClock, wei: weiOf(lease) }] : [],
  );
  return dues
    .filter(({ wei }) => share(wei, gasPercent) >= GAS_PER_LEASE * maxFeePerGas)
    .sort((one, other) => (one.wei > other.wei ? -1 : 1))
    .slice(0, MOST_IDS);
}

/** Inside its minimum a lease is skipped by the contract. */
function isDue(lease: LeaseSummary, provider: `0x${string}`): boolean {
  return lease.provider.toLowerCase() === provider.toLowerCase() && lease.accrued > 0n && !lease.inMinimum;
}

/** What the due of a lease is worth in wei; nothing where its token has no price. */
async function valuation(
  { market, prices }: SettlingOptions,
  signal: AbortSignal,
): Promise<(lease: LeaseSummary) => bigint> {
  const weiPerUnit = new Map<string, readonly [price: bigint, unit: bigint]>();
  for (const [token, price] of prices) {
    const { decimals } = await readChain(signal, () => market.tokenInfo(token, { signal }));
    weiPerUnit.set(token.toLowerCase(), [price, 10n ** BigInt(decimals)]);
  }
  return ({ token, accrued }) => {
    const [price, unit] = weiPerUnit.get(token.toLowerCase()) ?? [0n, 1n];
    return (accrued * price) / unit;
  };
}

function total(dues: readonly Due[]): bigint {
  return dues.reduce((sum, { wei }) => sum + wei, 0n);
}

function share(wei: bigint, percent: number): bigint {
  return (wei * BigInt(percent)) / 100n;
}

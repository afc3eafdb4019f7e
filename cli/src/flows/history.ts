// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary, MarketEvent, MarketEventName, MarketEventOf } from "@berth/sdk";
import { decodeMarketLogs, getLogs, topicNamed, withSignal } from "@berth/sdk";
import type { Address, Hex } from "viem";
import { numberToHex, pad } from "viem";
import type { MarketSession } from "./session.ts";
import { unknownLease, unknownProvider } from "./unknown.ts";

type Topic = Hex | readonly Hex[] | null;

/** Every lease that a tenant opened, oldest first. */
export function leasesOpenedBy(
  session: MarketSession,
  tenant: Address,
  signal: AbortSignal,
): Promise<readonly MarketEventOf<"LeaseOpened">[]> {
  return eventsNamed(session, ["LeaseOpened"], [null, null, pad(tenant)], signal);
}

/** Every lease that was opened with a provider, oldest first. */
export function leasesServedBy(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<readonly MarketEventOf<"LeaseOpened">[]> {
  return eventsNamed(session, ["LeaseOpened"], [null, pad(provider)], signal);
}

/** Every offer that was created, by one provider where he is named, oldest first. */
export function offersCreated(
  session: MarketSession,
  provider: Address | null,
  signal: AbortSignal,
): Promise<readonly MarketEventOf<"OfferCreated">[]> {
  return eventsNamed(session, ["OfferCreated"], [null, provider === null ? null : pad(provider)], signal);
}

/** What the capacities of a provider's offers were, oldest first: as created, and each change. */
export function capacitiesSet(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<readonly MarketEventOf<"OfferCreated" | "OfferCapacityChanged">[]> {
  const names = ["OfferCreated", "OfferCapacityChanged"] as const;
  return eventsNamed(session, names, [null, pad(provider)], signal);
}

/** A lease at one block: its events up to then, oldest first, and where it stands. */
export interface LeaseRecord {
  readonly life: readonly MarketEvent[];
  readonly summary: LeaseSummary;
}

/** A lease as of the newest block, both halves of that same block. Throws UserError E_LEASE_UNKNOWN. */
export async function readLease(
  session: MarketSession,
  leaseId: bigint,
  signal: AbortSignal,
): Promise<LeaseRecord> {
  const blockNumber = await newestBlock(session, signal);
  const [life, summary] = await Promise.all([
    lifeUntil(session, leaseId, blockNumber, signal),
    session.market.leaseSummary(leaseId, { blockNumber, signal }),
  ]);
  if (summary.status !== "none" && life.length > 0) return { life, summary };
  throw unknownLease(leaseId, session.market.address);
}

function lifeUntil(
  session: MarketSession,
  leaseId: bigint,
  toBlock: bigint,
  signal: AbortSignal,
): Promise<readonly MarketEvent[]> {
  const names: readonly MarketEventName[] = [
    "LeaseOpened",
    "LeaseStarted",
    "LeaseToppedUp",
    "LeaseManifestChanged",
    "LeaseClosed",
    "CollateralForfeited",
  ];
  const topics = [names.map(topicNamed), numberToHex(leaseId, { size: 32 })];
  return readEvents(session, topics, toBlock, signal);
}

/** Where a provider's gateway is, as he last said. Throws UserError E_PROVIDER_UNKNOWN. */
export async function endpointOf(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<string> {
  const topics = [[topicNamed("ProviderRegistered"), topicNamed("ProviderEndpointChanged")], pad(provider)];
  const newest = await newestBlock(session, signal);
  const last = (await readEvents(session, topics, newest, signal)).at(-1);
  if (last?.name === "ProviderRegistered" || last?.name === "ProviderEndpointChanged")
    return last.args.endpoint;
  throw unknownProvider(provider);
}

async function eventsNamed<Name extends MarketEventName>(
  session: MarketSession,
  names: readonly Name[],
  indexed: readonly Topic[],
  signal: AbortSignal,
): Promise<readonly MarketEventOf<Name>[]> {
  const newest = await newestBlock(session, signal);
  const events = await readEvents(session, [names.map(topicNamed), ...indexed], newest, signal);
  const isNamed = (event: MarketEvent): event is MarketEvent & MarketEventOf<Name> =>
    names.some((name) => name === event.name);
  return events.filter(isNamed);
}

async function readEvents(
  { market, startBlock }: MarketSession,
  topics: readonly Topic[],
  toBlock: bigint,
  signal: AbortSignal,
): Promise<readonly MarketEvent[]> {
  const range = { fromBlock: startBlock, toBlock, pageBlocks: toBlock + 1n };
  return decodeMarketLogs(
    await getLogs(market.client, { address: market.address, topics, ...range, signal }),
  );
}

function newestBlock({ market }: MarketSession, signal: AbortSignal): Promise<bigint> {
  return withSignal(market.client, signal, (client) => client.getBlockNumber({ cacheTime: 0 }));
}

// SPDX-License-Identifier: Apache-2.0
import { getMarketEvents, type LeaseSummary, type Market } from "@berth/sdk";
import { type Block, zeroAddress } from "viem";
import type { LeaseId } from "../domain/identity.ts";
import type { ChainBlock, MarketChain } from "../ports/market-chain.ts";
import { readChain, readWith, unusableAnswer } from "./read.ts";

export interface MarketChainOptions {
  readonly market: Market;
  readonly provider: `0x${string}`;
  /** How many blocks behind the newest one is acted on; 0 on a local chain. */
  readonly confirmations: bigint;
}

type Load<Value> = (id: bigint, signal: AbortSignal) => Promise<Value>;

/**
 * The market as a node tells it. State is read by block number and the block's hash compared once more afterwards: every node can
 * do that, while reading by a block's hash is not offered by all of them.
 */
export function createMarketChain(options: MarketChainOptions): MarketChain {
  const { market, provider } = options;
  const { client, address } = market;
  return {
    head: (signal) => readHead(options, signal),
    block: (number, signal) => readBlock(market, number, signal),

    events: (fromBlock, toBlock, signal) =>
      readChain(signal, () => getMarketEvents(client, { address, provider, fromBlock, toBlock, signal })),

    leases: (ids, block, signal) =>
      readAt(market, block, signal, async ({ number: blockNumber }) =>
        byId(ids, await market.leaseSummaries(ids, { blockNumber, signal })),
      ),

    provider: (block, signal) =>
      readAt(market, block, signal, ({ number: blockNumber }) =>
        market.providerOf(provider, { blockNumber, signal }),
      ),

    offerResources: remembered((offerId, signal) =>
      readChain(signal, () => market.offerResources(offerId, { signal })),
    ),

    retentionPeriod: remembered((offerId, signal) =>
      readChain(signal, () => readRetentionPeriod(market, offerId, signal)),
    ),
  };
}

/** Reads the state of a block, and once more afterwards whether the chain still holds that block. */
async function readAt<Answer>(
  market: Market,
  block: ChainBlock,
  signal: AbortSignal,
  read: (block: ChainBlock) => Promise<Answer>,
): Promise<Answer> {
  const answer = await readChain(signal, () => read(block));
  const now = await readBlock(market, block.number, signal);
  if (now.hash !== block.hash) throw unusableAnswer(`Block ${block.number} was replaced by another.`);
  return answer;
}

function readBlock({ client }: Market, blockNumber: bigint, signal: AbortSignal): Promise<ChainBlock> {
  return readWith(client, signal, async (reader) => chainBlock(await reader.getBlock({ blockNumber })));
}

function readHead({ market, confirmations }: MarketChainOptions, signal: AbortSignal): Promise<ChainBlock> {
  return readWith(market.client, signal, async (reader) => {
    const newest = chainBlock(await reader.getBlock({ blockTag: "latest" }));
    if (confirmations === 0n) return newest;
    const blockNumber = newest.number > confirmations ? newest.number - confirmations : 0n;
    return chainBlock(await reader.getBlock({ blockNumber }));
  });
}

async function readRetentionPeriod(market: Market, offerId: bigint, signal: AbortSignal): Promise<bigint> {
  const { provider, terms } = await market.offerOf(offerId, { signal });
  if (provider === zeroAddress) throw unusableAnswer(`The node knows of no offer ${offerId}.`);
  return terms.retentionPeriod;
}

function chainBlock({ number, hash, parentHash, timestamp }: Block): ChainBlock {
  if (number === null || hash === null)
    throw unusableAnswer("The node answered with a block that is not mined.");
  return { number, hash, parentHash, timestamp };
}

function byId(
  ids: readonly LeaseId[],
  summaries: readonly LeaseSummary[],
): ReadonlyMap<LeaseId, LeaseSummary> {
  if (summaries.length !== ids.length) {
    throw unusableAnswer(`The node told of ${summaries.length} leases where ${ids.length} were asked for.`);
  }
  return new Map(summaries.map((summary, index) => [ids[index] as LeaseId, summary]));
}

/** Loads what never changes once per id; a failure is not remembered. */
function remembered<Value>(load: Load<Value>): Load<Value> {
  const known = new Map<bigint, Value>();
  return async (id, signal) => {
    const value = known.get(id) ?? (await load(id, signal));
    known.set(id, value);
    return value;
  };
}

// SPDX-License-Identifier: Apache-2.0
import { type LeaseSummary, type Market, readOfferMetadata } from "@berth/sdk";
import { type Block, type PublicClient, zeroAddress } from "viem";
import type { HeadDepth, HeadPolicy, HeadPurpose } from "../domain/head-policy.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ChainBlock, MarketChain } from "../ports/market-chain.ts";
import { createEventPages, type Reads } from "./market-events.ts";
import { readWith, unlessAborted, unusableAnswer } from "./read.ts";

export interface MarketChainOptions {
  readonly reads: Reads;
  readonly provider: `0x${string}`;
  readonly heads: HeadPolicy;
}

type Load<Value> = (id: bigint, signal: AbortSignal) => Promise<Value>;

/**
 * The market as the nodes tell it. State is read by block number and the block's hash compared once more afterwards, all on one
 * node: every node can do that, while reading by a block's hash is not offered by all of them.
 */
export function createMarketChain({ reads, provider, heads }: MarketChainOptions): MarketChain {
  const readEvents = createEventPages(reads, provider);
  const created = remembered((offerId, signal) =>
    reads.read(signal, (market) => market.offerCreation(offerId, { signal })),
  );
  return {
    head: (signal, purpose: HeadPurpose = "act") => readHead(reads, heads[purpose], signal),
    block: (number, signal) => reads.read(signal, (market) => readBlock(market, number, signal)),
    events: (from, to, signal, skip = 0) => readEvents({ from, to }, skip, signal),

    leases: (ids, block, signal, skip = 0) =>
      readAt(
        reads,
        block,
        signal,
        async (market, blockNumber) => byId(ids, await market.leaseSummaries(ids, { blockNumber, signal })),
        skip,
      ),

    provider: (block, signal) =>
      readAt(reads, block, signal, (market, blockNumber) =>
        market.providerOf(provider, { blockNumber, signal }),
      ),

    offerResources: async (offerId, signal) => (await created(offerId, signal)).resources,

    offerMetadata: async (offerId, signal) => readOfferMetadata((await created(offerId, signal)).metadataURI),

    retentionPeriod: remembered((offerId, signal) =>
      reads.read(signal, (market) => readRetentionPeriod(market, offerId, signal)),
    ),
  };
}

/** Reads the state of a block, and once more afterwards whether the chain still holds that block. */
function readAt<Answer>(
  reads: Reads,
  block: ChainBlock,
  signal: AbortSignal,
  read: (market: Market, blockNumber: bigint) => Promise<Answer>,
  skip = 0,
): Promise<Answer> {
  const readAll = async (market: Market): Promise<Answer> => {
    const answer = await read(market, block.number);
    const now = await readBlock(market, block.number, signal);
    if (now.hash !== block.hash) throw unusableAnswer(`Block ${block.number} was replaced by another.`);
    return answer;
  };
  return reads.read(signal, readAll, skip);
}

function readBlock({ client }: Market, blockNumber: bigint, signal: AbortSignal): Promise<ChainBlock> {
  return readWith(client, signal, async (reader) => {
    const block = chainBlock(await reader.getBlock({ blockNumber }));
    if (block.number !== blockNumber)
      throw unusableAnswer(`The node showed another block than ${blockNumber}.`);
    return block;
  });
}

function readHead(reads: Reads, depth: HeadDepth, signal: AbortSignal): Promise<ChainBlock> {
  return reads.readNewest(signal, ({ client }) =>
    readWith(client, signal, async (reader) => {
      const newest = chainBlock(await reader.getBlock({ blockTag: "latest" }));
      return { newest: newest.number, answer: await behind(reader, newest, depth) };
    }),
  );
}

async function behind(reader: PublicClient, newest: ChainBlock, depth: HeadDepth): Promise<ChainBlock> {
  if (depth === 0n) return newest;
  if (typeof depth === "string") return chainBlock(await reader.getBlock({ blockTag: depth }));
  const blockNumber = newest.number > depth ? newest.number - depth : 0n;
  return chainBlock(await reader.getBlock({ blockNumber }));
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

/** Loads what never changes once per id, however many ask for it at the same time; a failure is not remembered. */
function remembered<Value>(load: Load<Value>): Load<Value> {
  const known = new Map<bigint, Promise<Value>>();
  return async (id, signal) => {
    const loading = known.get(id) ?? load(id, signal);
    known.set(id, loading);
    try {
      return await unlessAborted(signal, loading);
    } catch (error) {
      if (known.get(id) === loading) known.delete(id);
      throw error;
    }
  };
}

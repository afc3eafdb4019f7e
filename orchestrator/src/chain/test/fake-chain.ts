// SPDX-License-Identifier: Apache-2.0
import type { MarketEvent, ProviderSummary } from "@berth/sdk";
import type { ChainBlock, MarketChain } from "../../ports/market-chain.ts";
import { unusableAnswer } from "../read.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const POSITION = { blockNumber: 0n, blockHash: "0x", logIndex: 0, transactionHash: "0x" } as const;

type Reads = Pick<MarketChain, "head" | "block" | "events" | "provider">;

interface FakeBlock extends ChainBlock {
  readonly events: readonly MarketEvent[];
}

/** A chain in memory whose blocks a test mines and replaces; block 0 is there from the start. */
export interface FakeChain extends Reads {
  mine(...events: MarketEvent[]): void;
  /** Drops the newest blocks; those mined next have other hashes. */
  drop(depth: number): void;
  /** Ranges of blocks whose events were asked for. */
  readonly asked: [bigint, bigint][];
  /** Events that the node keeps to itself; a test may set it. */
  isHidden: (event: MarketEvent) => boolean;
  /** Endpoints, by how many are skipped, that keep all new events to themselves; a test may set it. */
  isHiddenFrom: (skip: number) => boolean;
  /** How far behind the newest block is what counts as final. */
  finalDepth: bigint;
  /** Thrown by every read while it is set. */
  failure: Error | null;
  /** Called with the name of each read before it answers. */
  onRead: (name: keyof Reads) => void;
}

/** The hash of a byte, repeated. */
export function hash(byte: string): `0x${string}` {
  return `0x${byte.repeat(32)}`;
}

export function opened(leaseId: bigint, manifestHash: `0x${string}`, sequence: bigint): MarketEvent {
  const terms = { offerId: 1n, milliRatePerSecond: 1n, balance: 1n, collateral: 0n, startBy: 0n };
  const args = {
    leaseId,
    provider: ADDRESS,
    tenant: ADDRESS,
    payer: ADDRESS,
    ...terms,
    manifestHash,
    sequence,
  } as const;
  return { name: "LeaseOpened", args, ...POSITION };
}

export function changed(leaseId: bigint, manifestHash: `0x${string}`, sequence: bigint): MarketEvent {
  const args = { leaseId, provider: ADDRESS, manifestHash, sequence } as const;
  return { name: "LeaseManifestChanged", args, ...POSITION };
}

export function started(leaseId: bigint, sequence: bigint): MarketEvent {
  const args = { leaseId, provider: ADDRESS, settledClock: 0n, sequence } as const;
  return { name: "LeaseStarted", args, ...POSITION };
}

export function reported(): MarketEvent {
  const args = { provider: ADDRESS, clock: 1n, usageRoot: hash("00"), usageURI: "", instance: 1n } as const;
  return { name: "ProviderReported", args, ...POSITION };
}

/** A figure that a report showed. */
export function used(leaseId: bigint, servedSeconds: bigint): MarketEvent {
  const figures = { cpuMillisSeconds: 1n, memoryMiBSeconds: 1n, networkRxBytes: 1n, networkTxBytes: 1n };
  const usage = { leaseId, measuredAt: 1n, servedSeconds, ...figures };
  return { name: "UsageReported", args: { provider: ADDRESS, leaseId, usage }, ...POSITION };
}

export function createFakeChain(): FakeChain {
  const blocks: FakeBlock[] = [];
  let mined = 0;

  const mine = (...events: MarketEvent[]): void => {
    const number = BigInt(blocks.length);
    const own = `0x${(++mined).toString(16).padStart(64, "0")}` as const;
    const placed = events.map((event) => ({ ...event, blockNumber: number, blockHash: own }));
    const parentHash = blocks.at(-1)?.hash ?? hash("00");
    blocks.push({ number, hash: own, parentHash, timestamp: number * 12n, events: placed });
  };
  const at = (number: bigint): FakeBlock => {
    const block = blocks[Number(number)];
    if (block === undefined) throw unusableAnswer(`There is no block ${number}.`);
    return block;
  };
  const answer = <Answer>(name: keyof Reads, read: () => Answer): Promise<Answer> => {
    chain.onRead(name);
    return new Promise((resolve, reject) =>
      chain.failure === null ? resolve(read()) : reject(chain.failure),
    );
  };

  const chain: FakeChain = {
    mine,
    drop: (depth) => void blocks.splice(-depth),
    asked: [],
    isHidden: () => false,
    isHiddenFrom: () => false,
    finalDepth: 0n,
    failure: null,
    onRead: () => undefined,
    head: (_signal, purpose) =>
      answer("head", () => at(BigInt(blocks.length) - 1n - (purpose === "delete" ? chain.finalDepth : 0n))),
    block: (number) => answer("block", () => at(number)),
    events: (from, to, _signal, skip = 0) =>
      answer("events", () => {
        chain.asked.push([from, to]);
        if (chain.isHiddenFrom(skip)) return [];
        const inRange = blocks.filter(({ number }) => number >= from && number <= to);
        return inRange.flatMap(({ events }) => events).filter((event) => !chain.isHidden(event));
      }),
    provider: ({ number, hash: asked }) =>
      answer("provider", () => {
        if (at(number).hash !== asked) throw unusableAnswer(`Block ${number} was replaced.`);
        return providerWith(lastSequence(blocks.slice(0, Number(number) + 1)));
      }),
  };
  mine();
  return chain;
}

function lastSequence(blocks: readonly FakeBlock[]): bigint {
  const sequences = blocks
    .flatMap(({ events }) => events)
    .flatMap(({ args }) => ("sequence" in args ? [args.sequence] : []));
  return sequences.at(-1) ?? 0n;
}

/** A registered provider whose daemon is instance 1. */
export function providerWith(sequence: bigint): ProviderSummary {
  const clock = { lastReportAt: 0n, clock: 0n, clockNow: 0n, silent: false, lapsed: false };
  return { operator: ADDRESS, reportPeriod: 600n, instance: 1n, sequence, ...clock };
}

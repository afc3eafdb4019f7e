// SPDX-License-Identifier: Apache-2.0
import {
  computeMarketAbi,
  connectMarket,
  getMarketEvents,
  type LeaseStatus,
  type LeaseSummary,
  type Market,
  type MarketEvent,
} from "@berth/sdk";
import { createPublicClient, http, type Address, type Hex, type PublicClient } from "viem";
import type { VirtualTime } from "./virtual-time.ts";

export interface ChainTruthOptions {
  readonly node: string;
  readonly market: Address;
  readonly chainId: number;
  readonly time: VirtualTime;
}

interface Sight {
  readonly at: number;
  readonly status: LeaseStatus;
}

/** A lease as the chain tells it at the end, with its whole story. */
export interface LeaseTruth {
  readonly leaseId: bigint;
  readonly summary: LeaseSummary;
  readonly manifestHash: Hex;
  readonly deposited: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly events: readonly MarketEvent[];
}

/** The chain as the node shows it, without anybody's faults, and what it showed before. */
export class ChainTruth {
  readonly #market: Market;
  readonly #client: PublicClient;
  readonly #time: VirtualTime;
  readonly #sights = new Map<bigint, Sight[]>();

  private constructor(market: Market, client: PublicClient, time: VirtualTime) {
    this.#market = market;
    this.#client = client;
    this.#time = time;
  }

  static async connect({ node, market: address, chainId, time }: ChainTruthOptions): Promise<ChainTruth> {
    const client = createPublicClient({ transport: http(node, { retryCount: 0 }) });
    return new ChainTruth(await connectMarket({ client, address, chainId }), client, time);
  }

  /** Looks at every lease; to be called at each change of the chain. */
  async look(): Promise<void> {
    const summaries = await this.#summaries();
    for (const leaseId of new Set([...summaries.keys(), ...this.#sights.keys()])) {
      const status = summaries.get(leaseId)?.status ?? "none";
      const sights = this.#sights.get(leaseId) ?? [];
      if (sights.at(-1)?.status !== status) sights.push({ at: this.#time.now(), status });
      this.#sights.set(leaseId, sights);
    }
  }

  /** Every status that the chain showed of a lease within the last milliseconds. */
  statusesWithin(leaseId: bigint, milliseconds: number): ReadonlySet<LeaseStatus> {
    const since = this.#time.now() - milliseconds;
    const sights = this.#sights.get(leaseId) ?? [{ at: 0, status: "none" as const }];
    const current = sights.findLastIndex(({ at }) => at <= since);
    return new Set(sights.slice(Math.max(0, current)).map(({ status }) => status));
  }

  /** Every lease with its money, out of state and events. */
  async leases(): Promise<readonly LeaseTruth[]> {
    const summaries = await this.#summaries();
    const { address } = this.#market;
    const events = await getMarketEvents(this.#client, {
      address,
      fromBlock: 0n,
      toBlock: await this.#head(),
    });
    return [...summaries].map(([leaseId, summary]) => {
      const own = events.filter(({ args }) => "leaseId" in args && args.leaseId === leaseId);
      return { leaseId, summary, events: own, ...moneyOf(own) };
    });
  }

  /** Whether an account's transactions are all in blocks, and how many there are. */
  async nonces(address: Address): Promise<{ readonly mined: number; readonly known: number }> {
    const [mined, known] = await Promise.all([
      this.#client.getTransactionCount({ address }),
      this.#client.getTransactionCount({ address, blockTag: "pending" }),
    ]);
    return { mined, known };
  }

  #head(): Promise<bigint> {
    return this.#client.getBlockNumber({ cacheTime: 0 });
  }

  async #summaries(): Promise<ReadonlyMap<bigint, LeaseSummary>> {
    const { address } = this.#market;
    const count = await this.#client.readContract({
      address,
      abi: computeMarketAbi,
      functionName: "leaseCount",
    });
    const ids = Array.from({ length: Number(count) }, (_, index) => BigInt(index + 1));
    const summaries = await this.#market.leaseSummaries(ids);
    return new Map(
      ids.flatMap((id, index) => (summaries[index] === undefined ? [] : [[id, summaries[index]] as const])),
    );
  }
}

function moneyOf(events: readonly MarketEvent[]): Omit<LeaseTruth, "leaseId" | "summary" | "events"> {
  let [deposited, paid, refunded] = [0n, 0n, 0n];
  let manifestHash: Hex = "0x";
  for (const { name, args } of events) {
    if (name === "LeaseOpened") [deposited, manifestHash] = [deposited + args.balance, args.manifestHash];
    if (name === "LeaseToppedUp") deposited += args.amount;
    if (name === "LeaseSettled" || name === "LeasePaused" || name === "LeaseAmended") paid += args.due;
    if (name === "LeaseClosed") [paid, refunded] = [paid + args.due, refunded + args.refund];
  }
  return { deposited, paid, refunded, manifestHash };
}

// SPDX-License-Identifier: Apache-2.0
import { systemClock } from "../../config/system-clock.ts";
import type { Journal } from "../../ports/journal.ts";
import type { ChainEvent, MarketChain } from "../../ports/market-chain.ts";
import { openJournal } from "../../store/sqlite-journal.ts";
import { keepingLog } from "../../test/logs.ts";
import { createActingGate } from "../acting-gate.ts";
import { followChain } from "../follower.ts";
import { createMarketChain } from "../market-chain.ts";
import { RpcPool } from "../rpc/pool.ts";
import { ownerOf } from "./daemon.ts";
import type { MarketWorld } from "./market-world.ts";
import { impatient, newestHeads } from "./reads.ts";

/** Blocks that are kept: a reorganisation as deep is too deep. */
export const LINKED = 32;

/** A follower at work, over several ways to a node. */
export interface Following {
  readonly journal: Journal;
  /** As whoever acts reads it. */
  readonly chain: MarketChain;
  readonly events: readonly ChainEvent[];
  readonly failures: readonly unknown[];
  readonly signal: AbortSignal;
  /** All that was logged. */
  said(): string;
  gateWasClosed(): boolean;
  until(condition: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

export function startFollowing(world: MarketWorld, urls: readonly string[]): Following {
  const ending = new AbortController();
  const { signal } = ending;
  const log = keepingLog();
  const place = { chainId: world.chainId, address: world.market, lagBlocks: 2n };
  const parts = { clock: systemClock, random: Math.random, log };
  const pool = new RpcPool({ urls, ...place, ...parts, transportOf: impatient, life: signal });
  const provider = world.provider.address;
  const chain = createMarketChain({ reads: pool, provider, heads: newestHeads });
  const gate = createActingGate(chain, null);
  const journal = openJournal(":memory:", ownerOf(world));
  const [events, failures]: [ChainEvent[], unknown[]] = [[], []];
  let wasClosed = false;
  const watchedGate = {
    open: () => gate.open(),
    replaced: (ancestor: Parameters<typeof gate.replaced>[0]) => gate.replaced(ancestor),
    close: (why: Parameters<typeof gate.close>[0]) => {
      wasClosed = true;
      gate.close(why);
    },
  };
  const pace = { startBlock: 0n, overlapBlocks: 4n, pollIntervalMs: 20 };
  const told = {
    onEvent: (event: ChainEvent) => events.push(event),
    onFailure: (error: unknown) => failures.push(error),
  };
  const linking = { gate: watchedGate, linkedBlocks: LINKED, knowsFinality: false };
  const running = followChain({ chain, journal, ...parts, ...pace, ...linking, ...told }, signal);
  const watching = pool.watch(50, signal).catch(() => undefined);
  return {
    journal,
    chain: gate.chain,
    events,
    failures,
    signal,
    said: () => JSON.stringify(log.said),
    gateWasClosed: () => wasClosed,
    async until(condition) {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async stop() {
      ending.abort(new Error("over"));
      await Promise.all([running, watching]);
      journal.close();
    },
  };
}

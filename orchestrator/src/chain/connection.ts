// SPDX-License-Identifier: Apache-2.0
import { connectMarket } from "@berth/sdk";
import { http, type LocalAccount, type PublicClient } from "viem";
import type { Config } from "../config/config.ts";
import { openOperator } from "../config/operator-key.ts";
import { untilReachable } from "../config/until-reachable.ts";
import { failureOf } from "../domain/failure.ts";
import { habitsOf, type HeadPolicy } from "../domain/head-policy.ts";
import { measuredReports, measuredTransport } from "../observability/measured.ts";
import type { Metrics } from "../observability/metrics.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { ChainEvent, MarketActions, MarketChain } from "../ports/market-chain.ts";
import type { NodeView } from "../ports/node-view.ts";
import { createActingGate } from "./acting-gate.ts";
import type { EndedTransaction } from "./ended.ts";
import { createFence } from "./fence.ts";
import { followChain } from "./follower.ts";
import { newestInstance } from "./claims.ts";
import { instanceAtBoot } from "./instance-at-boot.ts";
import { createMarketActions } from "./market-actions.ts";
import { createMarketChain } from "./market-chain.ts";
import { createNodeView } from "./node-view.ts";
import { RpcPool } from "./rpc/pool.ts";
import { runSettling } from "./settling.ts";
import { createTransactionSender, type TransactionSender } from "./transaction-sender.ts";

export interface ConnectionParts {
  readonly config: Config;
  readonly provider: `0x${string}`;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Answers 0 up to 1. */
  readonly random: () => number;
  readonly metrics: Pick<Metrics, "rpcEnded" | "reportEnded">;
  /** Told once of each transaction that came to an end. */
  readonly ended: (transaction: EndedTransaction) => void;
  /** Milliseconds between two looks at an endpoint that nobody asks. */
  readonly watchInterval: number;
}

/** The chain as the daemon works on it, once all of it has answered. */
export interface ChainConnection {
  /** Asks whichever endpoint answers. */
  readonly client: PublicClient;
  readonly operator: `0x${string}`;
  readonly node: NodeView;
  /** For whoever acts: a head is an error while the follower knows better than to trust it. */
  readonly chain: MarketChain;
  readonly actions: MarketActions;
  readonly instance: number;
  /** Aborted, with the reason, once another daemon of this provider has taken over: then this one must not act. */
  readonly overtaken: AbortSignal;
  /** Follows the chain until the signal; the clock shows whether it turns. */
  follow(onEvent: (event: ChainEvent) => void, clock: Clock, signal: AbortSignal): Promise<void>;
  /** Looks after the endpoints until the signal, those that nobody asks too. */
  watchEndpoints(signal: AbortSignal): Promise<void>;
  /** Settles what pays until the signal. */
  settle(signal: AbortSignal): Promise<void>;
}

const RPC_TIMEOUT = 10_000;
const OVERLAP_BLOCKS = 12n;
const SENDER_PACE = { pollIntervalMs: 250, bumpAfterMs: 30_000, giveUpAfterMs: 300_000 };

/**
 * Connects the daemon to its chain: endpoints, operator's key, instance, and what an earlier run signed. What time may mend is
 * waited for; what only a person can mend is thrown as a BerthError.
 */
export async function connectChain(parts: ConnectionParts, signal: AbortSignal): Promise<ChainConnection> {
  const { config, provider, journal, metrics } = parts;
  const account = await openOperator(config, signal);
  const pool = poolOf(parts, signal);
  const market = await untilReachable(parts, signal, async () => {
    await pool.connect(signal);
    return connectMarket({ client: pool.client, address: config.market, chainId: config.chainId, signal });
  });
  const ungated = createMarketChain({ reads: pool, provider, heads: headsOf(config) });
  const gate = createActingGate(ungated, journal.cursor()?.blockNumber ?? null);
  const { chain } = gate;
  const fence = createFence(parts);
  const sender = fence.holding(senderOf(parts, account, pool));
  const { overtaken } = fence;
  const actions = measuredReports(
    createMarketActions({ ...parts, sender, market, shown: (seen) => fence.shown(seen) }),
    metrics,
  );
  const recover = (turn: AbortSignal): Promise<void> => sender.recover(turn);
  const boot = { chain, actions, recover, fence, newest: newestInstance(pool, provider), account };
  const instance = await untilReachable(parts, signal, () =>
    instanceAtBoot({ ...parts, ...config, ...boot }, signal),
  );
  await untilReachable(parts, signal, () => recover(signal));
  return {
    client: pool.client,
    operator: account.address,
    node: createNodeView(pool, account.address),
    chain: fence.watching(chain),
    actions,
    instance,
    overtaken,
    follow: (onEvent, clock, stop) => {
      const followed = fence.watching(ungated);
      return followChain({ ...parts, ...followingOf(parts), chain: followed, gate, onEvent, clock }, stop);
    },
    watchEndpoints: (stop) => pool.watch(parts.watchInterval, stop),
    settle: (stop) => runSettling({ ...parts, ...worthOf(config), sender, market, chain }, stop),
  };
}

function poolOf(parts: ConnectionParts, life: AbortSignal): RpcPool {
  const { chainId, market: address, rpcUrls: urls } = parts.config;
  const { lagBlocks } = habitsOf(chainId);
  return new RpcPool({
    ...parts,
    chainId,
    address,
    urls,
    lagBlocks,
    life,
    transportOf: (url, place) =>
      measuredTransport(http(url, { timeout: RPC_TIMEOUT, retryCount: 0 }), place, parts.metrics),
  });
}

function senderOf(
  parts: ConnectionParts,
  account: LocalAccount,
  { client }: { readonly client: PublicClient },
): TransactionSender {
  const { chainId, maxFeeGwei: maxFeePerGas } = parts.config;
  return createTransactionSender({ ...parts, ...SENDER_PACE, account, client, chainId, maxFeePerGas });
}

function followingOf({ config, log }: ConnectionParts) {
  const { startBlock, pollIntervalMs, chainId } = config;
  return {
    startBlock,
    pollIntervalMs,
    overlapBlocks: OVERLAP_BLOCKS,
    linkedBlocks: habitsOf(chainId).linkedBlocks,
    knowsFinality: headsOf(config).delete !== 0n,
    onFailure: (error: unknown) => log.debug(failureOf(error), "poll of the chain failed"),
  };
}

function worthOf({ tokenPrices: prices, settleGasPercent: gasPercent }: Config) {
  return { prices, gasPercent };
}

/** What is configured, and else what suits the chain. */
function headsOf({ chainId, confirmations, settleDepth, deleteDepth }: Config): HeadPolicy {
  const { heads } = habitsOf(chainId);
  return {
    act: confirmations ?? heads.act,
    settle: settleDepth ?? heads.settle,
    delete: deleteDepth ?? heads.delete,
  };
}

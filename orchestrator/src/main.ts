// SPDX-License-Identifier: Apache-2.0
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectMarket, verifyGatewayRequest, type Usage } from "@berth/sdk";
import type { FastifyInstance } from "fastify";
import { createPublicClient, http, type PublicClient } from "viem";
import { followChain } from "./chain/follower.ts";
import { ensureInstance } from "./chain/instance.ts";
import { createMarketActions } from "./chain/market-actions.ts";
import { createMarketChain } from "./chain/market-chain.ts";
import { runSettling } from "./chain/settling.ts";
import { createTransactionSender } from "./chain/transaction-sender.ts";
import { parseConfig, type Config } from "./config/config.ts";
import { readOperatorKey } from "./config/operator-key.ts";
import { requireOperator } from "./config/require-operator.ts";
import { systemClock } from "./config/system-clock.ts";
import { untilReachable } from "./config/until-reachable.ts";
import { failureOf } from "./domain/failure.ts";
import type { LeaseId, MarketIdentity } from "./domain/identity.ts";
import { hostNames } from "./gateway/doors.ts";
import { listen } from "./gateway/listen.ts";
import { createGateway } from "./gateway/server.ts";
import { runMeter } from "./metering/meter.ts";
import { neverBelow, usageOf } from "./metering/usage.ts";
import { errorLine } from "./observability/error-line.ts";
import { createLog, standardError } from "./observability/logger.ts";
import type { Clock } from "./ports/clock.ts";
import type { ContainerRuntime } from "./ports/container-runtime.ts";
import type { Journal } from "./ports/journal.ts";
import type { Log } from "./ports/log.ts";
import type { MarketActions, MarketChain } from "./ports/market-chain.ts";
import { createStepRunner } from "./reconcile/execute.ts";
import { Reconciler } from "./reconcile/loop.ts";
import { Reporter } from "./reporting/reporter.ts";
import { createDockerRuntime } from "./runtime/docker/docker-runtime.ts";
import { openOrRebuild } from "./store/recovery.ts";

/** What every part of the daemon is made with. */
interface Base {
  readonly config: Config;
  readonly provider: `0x${string}`;
  readonly identity: MarketIdentity;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** What it works on, once all of it has answered. */
interface World extends Base {
  readonly client: PublicClient;
  readonly chain: MarketChain;
  readonly actions: MarketActions;
  /** Settles what pays until the signal. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
  readonly instance: number;
  readonly runtime: ContainerRuntime;
}

const RPC_TIMEOUT = 15_000;
const RESYNC_INTERVAL = 5_000;
const OVERLAP_BLOCKS = 12n;
const SENDER_PACE = { pollIntervalMs: 250, bumpAfterMs: 30_000, giveUpAfterMs: 300_000 };
/** Milliseconds after which a stop that hangs is cut off. */
const STOP_BOUND = 10_000;

/**
 * The provider's daemon: constructs every part and runs them until the signal; containers go on running after it. What time may
 * mend (an RPC or an engine that does not answer) is waited for; what only a person can mend is thrown as a BerthError.
 */
export async function runOrchestrator(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<void> {
  const config = parseConfig(environment);
  const log = createLog(config.logLevel, standardError());
  const { provider, chainId, market } = config;
  const parts = { clock: systemClock, log };
  const journal = openOrRebuild(join(config.dataDir, "journal.sqlite"), config, parts);
  const random = (): number => Math.random();
  const base: Base = {
    config,
    provider,
    identity: { chainId, market },
    journal,
    clock: systemClock,
    log,
    random,
  };
  try {
    const chainParts = await connectChain(base, signal);
    const runtime = await connectEngine(base, signal);
    await serve({ ...base, ...chainParts, runtime }, signal);
  } finally {
    journal.close();
  }
}

async function connectChain(base: Base, signal: AbortSignal): Promise<Omit<World, keyof Base | "runtime">> {
  const { config, provider, identity, journal } = base;
  const { chainId } = identity;
  const account = readOperatorKey(config.operatorKeyFile);
  const client = createPublicClient({
    transport: http(config.rpcUrl, { timeout: RPC_TIMEOUT, retryCount: 1 }),
  });
  const market = await untilReachable(base, signal, () =>
    connectMarket({ client, address: config.market, chainId, signal }),
  );
  const chain = createMarketChain({ market, provider, confirmations: config.confirmations });
  const fees = { ...SENDER_PACE, maxFeePerGas: config.maxFeeGwei };
  const sender = createTransactionSender({ ...base, account, client, chainId, ...fees });
  const actions = createMarketActions({ sender, market, provider, journal });
  const instance = await untilReachable(base, signal, async () => {
    await requireOperator(chain, provider, account.address, signal);
    return ensureInstance({ chain, actions, journal, takeover: config.takeover }, signal);
  });
  await untilReachable(base, signal, () => sender.recover(signal));
  const worth = { prices: config.tokenPrices, gasPercent: config.settleGasPercent };
  const settle = (stop: AbortSignal): Promise<void> =>
    runSettling({ ...base, ...worth, sender, market }, stop);
  return { client, chain, actions, settle, instance };
}

async function connectEngine(base: Base, signal: AbortSignal): Promise<ContainerRuntime> {
  const { publishAddress, subnetPool, dockerSocket: socketPath } = base.config;
  const runtime = createDockerRuntime({ identity: base.identity, publishAddress, subnetPool, socketPath });
  const engine = await untilReachable(base, signal, () => runtime.describe(signal));
  base.log.info({ ...engine }, "engine found");
  return runtime;
}

async function serve(world: World, signal: AbortSignal): Promise<void> {
  const { config, provider, instance, chain } = world;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const runStep = createStepRunner(world);
  const reconciler = new Reconciler({ ...world, runStep, resyncInterval: RESYNC_INTERVAL });
  const gateway = gatewayOf(world, reconciler);
  const address = await listen(gateway, { host: config.gatewayHost, port: config.gatewayPort });
  const { number } = await untilReachable(world, signal, () => chain.head(signal));
  const running = [
    follow(world, reconciler, stop),
    reconciler.run(stop),
    meter(world, reconciler, stop),
    report(world, config.publicEndpoint ?? address, stop),
    world.settle(stop),
  ];
  const ready = { ready: true, gateway: address, provider, instance, block: String(number) };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  try {
    await Promise.all(running);
  } finally {
    failed.abort();
    await gateway.close();
    await Promise.allSettled(running);
  }
}

function gatewayOf(world: World, reconciler: Reconciler): FastifyInstance {
  const { client, config } = world;
  return createGateway({
    ...world,
    verify: (request, signature, tenant, signal) =>
      verifyGatewayRequest(client, request, signature, tenant, signal),
    viewOf: (leaseId) => reconciler.view(leaseId),
    darkness: () => reconciler.darkness(),
    wake: () => reconciler.wake(),
    allowedOrigins: config.allowedOrigins,
    allowedHosts: hostNames(config.gatewayHost, config.publicEndpoint),
  });
}

function follow(world: World, reconciler: Reconciler, signal: AbortSignal): Promise<void> {
  const { startBlock, pollIntervalMs } = world.config;
  const onFailure = (error: unknown): void => world.log.debug(failureOf(error), "poll of the chain failed");
  const wake = (): void => reconciler.wake();
  const pace = { startBlock, pollIntervalMs, overlapBlocks: OVERLAP_BLOCKS };
  return followChain({ ...world, ...pace, wake, onFailure }, signal);
}

function meter(world: World, reconciler: Reconciler, signal: AbortSignal): Promise<void> {
  const quotaOf = (leaseId: LeaseId, service: string): number | null => reconciler.cpuQuota(leaseId, service);
  return runMeter({ ...world, sampleInterval: world.config.sampleIntervalSeconds * 1_000, quotaOf }, signal);
}

function report(world: World, endpoint: string, signal: AbortSignal): Promise<void> {
  const { journal } = world;
  const figuresOf = (leaseId: LeaseId): Usage =>
    neverBelow(journal.reportedUsage(leaseId), usageOf(leaseId, journal.incarnations(leaseId)));
  const interval = world.config.reportIntervalSeconds;
  return new Reporter({ ...world, usageOf: figuresOf, endpoint, interval }).run(signal);
}

/** True when this file was started, rather than imported. */
function isScript(): boolean {
  const script = process.argv[1];
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

async function runAsScript(): Promise<number> {
  const stop = new AbortController();
  const end = (): void => {
    stop.abort(new Error("the daemon was asked to stop"));
    setTimeout(() => process.exit(1), STOP_BOUND).unref();
  };
  process.once("SIGTERM", end).once("SIGINT", end);
  try {
    await runOrchestrator(process.env, stop.signal);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    process.stderr.write(`${errorLine(error)}\n`);
    return 1;
  }
}

if (isScript()) process.exit(await runAsScript());

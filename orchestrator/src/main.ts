// SPDX-License-Identifier: Apache-2.0
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { verifyGatewayRequest, type Usage } from "@berth/sdk";
import type { FastifyInstance } from "fastify";
import { connectChain, type ChainConnection } from "./chain/connection.ts";
import { parseConfig, type Config } from "./config/config.ts";
import { DEVELOPMENT_CHAIN, type Host, hostOf } from "./host.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { untilReachable } from "./config/until-reachable.ts";
import { armCrashpoint } from "./crashpoint.ts";
import { failureOf } from "./domain/failure.ts";
import type { LeaseId, MarketIdentity } from "./domain/identity.ts";
import { obstacleOf } from "./domain/obstacle.ts";
import { createEgress, type Egress } from "./egress.ts";
import { hostNames } from "./gateway/doors.ts";
import { listen } from "./gateway/listen.ts";
import { createOperations } from "./gateway/operations.ts";
import { createGateway } from "./gateway/server.ts";
import { startHardware } from "./hardware/start.ts";
import type { HardwareWatch } from "./hardware/watch.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { runMeter } from "./metering/meter.ts";
import { neverBelow, usageOf } from "./metering/usage.ts";
import { errorLine } from "./observability/error-line.ts";
import { createLog } from "./observability/logger.ts";
import { measuredSteps } from "./observability/measured.ts";
import type { Clock } from "./ports/clock.ts";
import type { ContainerRuntime } from "./ports/container-runtime.ts";
import type { Journal } from "./ports/journal.ts";
import type { Log } from "./ports/log.ts";
import { createStepRunner } from "./reconcile/execute.ts";
import { collectForEver } from "./reconcile/image-collector.ts";
import { leftoversOf } from "./reconcile/leftovers.ts";
import { Reconciler } from "./reconcile/loop.ts";
import type { Publishing } from "./reconcile/port-book.ts";
import { PullBoard } from "./reconcile/pull-board.ts";
import { runReporting } from "./reporting/run.ts";
import { withSteadyTimes } from "./runtime/steady-times.ts";
import { openRuntime, volumeDoor } from "./volumes.ts";
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
  readonly machine: Machine;
  readonly instruments: Instruments;
  readonly pulls: PullBoard;
}

/** What it works on, once all of it has answered. */
interface World extends Base, ChainConnection {
  readonly runtime: ContainerRuntime;
  readonly hardware: HardwareWatch;
  readonly egress: Egress;
  readonly publishing: Publishing;
  readonly host: Host;
}

/** Milliseconds that one turn of a loop may take; a report waits for its block, however full blocks are. */
const TURN_LIMIT = 300_000;
const REPORT_LIMIT = 1_800_000;
/** Milliseconds after which a stop that hangs is cut off. */
const STOP_BOUND = 10_000;

/**
 * The provider's daemon: constructs every part and runs them until the signal; containers go on running after it. An RPC that does not
 * answer is waited for, an engine is not: until it answers, nobody may be billed for what is not known to run. What only a person can
 * mend is thrown as a BerthError.
 */
export async function runOrchestrator(
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  machine: Machine = thisMachine(),
): Promise<void> {
  const base = baseOf(environment, machine);
  const { config, instruments, journal } = base;
  const operations = createOperations(instruments);
  try {
    await operations.listen(config.metricsPort);
    const { metrics, ended } = instruments;
    const watchInterval = machine.pace.endpoints;
    const connection = await connectChain({ ...base, metrics, ended, watchInterval }, signal);
    const monotonic = () => machine.clock.monotonic();
    const engine = await openRuntime({ ...base, monotonic }, signal);
    const runtime = withSteadyTimes(engine, base);
    const hardware = await startHardware(base, signal);
    const egress = createEgress(base);
    const publishing = { pool: config.publishPorts, hasProxy: config.ingress !== null };
    const ground = { runtime, hardware, egress, publishing, host: hostOf(base) };
    await serve({ ...base, ...connection, ...ground }, signal);
  } finally {
    await operations.close();
    journal.close();
  }
}

function baseOf(environment: Readonly<Record<string, string | undefined>>, machine: Machine): Base {
  const config = parseConfig(environment);
  const { clock, random } = machine;
  const log = createLog(config.logLevel, machine.logs);
  const { provider, chainId, market } = config;
  const crash = environment["BERTH_CRASHPOINT"] || undefined;
  armCrashpoint(crash);
  if (crash !== undefined)
    log.warn({ crashpoint: crash }, "this daemon is to kill itself, as only a test wants");
  const journal = openOrRebuild(join(config.dataDir, "journal.sqlite"), config, { clock, log });
  const instruments = createInstruments(machine);
  return {
    config,
    provider,
    identity: { chainId, market },
    journal,
    clock,
    log,
    random,
    machine,
    instruments,
    pulls: new PullBoard({ clock, log }),
  };
}

async function serve(world: World, signal: AbortSignal): Promise<void> {
  const { config, provider, instance, chain } = world;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const act = AbortSignal.any([stop, world.overtaken]);
  const reconciler = reconcilerOf(world);
  const gateway = gatewayOf(world, reconciler);
  const address = await listen(gateway, { host: config.gatewayHost, port: config.gatewayPort });
  const { number } = await untilReachable(world, signal, () => chain.head(signal));
  await world.egress.begin(signal);
  const running = [
    world.egress.run(() => reconciler.wake(), stop),
    world.watchEndpoints(stop),
    world.follow(() => reconciler.wake(), world.instruments.watchdog.clockOf("follower", TURN_LIMIT), stop),
    world.hardware.run(() => reconciler.wake(), stop),
    reconciler.run(stop),
    world.host.run(() => reconciler.wake(), stop),
    meter(world, reconciler, stop),
    report(world, reconciler, config.publicEndpoint ?? address, act),
    watch(world, reconciler, stop),
    world.settle(act),
    collectForEver(world, act),
  ];
  const acts = !world.overtaken.aborted;
  const ready = { ready: acts, gateway: address, provider, instance, block: String(number) };
  world.machine.announce(JSON.stringify(ready));
  try {
    await Promise.all(running);
  } finally {
    failed.abort();
    await gateway.close();
    await Promise.allSettled(running);
  }
}

function reconcilerOf(world: World): Reconciler {
  const { metrics, watchdog } = world.instruments;
  const runStep = measuredSteps(createStepRunner(world), metrics, world.clock);
  const clock = watchdog.clockOf("reconciler", TURN_LIMIT);
  const { config: acceptance, machine } = world;
  const resyncInterval = machine.pace.reconciler;
  const { instruments, egress, host } = world;
  const { hostRefusal } = host;
  const obstacle = () =>
    host.obstacle() ??
    egress.obstacle() ??
    obstacleOf(instruments.checks(), leftoversOf(reconciler.views()), instruments.hasSeenGasMoney());
  const healthGrace = acceptance.healthGraceSeconds * 1_000;
  const parts = { ...world, hostRefusal, acceptance, clock, runStep, obstacle, resyncInterval, healthGrace };
  const reconciler: Reconciler = new Reconciler(parts);
  return reconciler;
}

function watch(world: World, reconciler: Reconciler, signal: AbortSignal): Promise<void> {
  const { reportIntervalSeconds: reportInterval, chainId } = world.config;
  const onDemand = chainId === DEVELOPMENT_CHAIN;
  return world.instruments.watch({ ...world, reconciler, reportInterval, onDemand }, signal);
}

function gatewayOf(world: World, reconciler: Reconciler): FastifyInstance {
  const { client, config, instruments, overtaken } = world;
  return createGateway({
    ...world,
    ...volumeDoor(world),
    health: instruments,
    verify: (request, signature, tenant, signal) =>
      verifyGatewayRequest(client, request, signature, tenant, signal),
    acceptance: config,
    pullOf: (leaseId) => world.pulls.of(leaseId),
    viewOf: (leaseId) => reconciler.view(leaseId),
    darkness: () => (overtaken.aborted ? failureOf(overtaken.reason) : reconciler.darkness()),
    wake: () => reconciler.wake(),
    allowedOrigins: config.allowedOrigins,
    allowedHosts: hostNames(config.gatewayHost, config.publicEndpoint),
  });
}

function meter(world: World, reconciler: Reconciler, signal: AbortSignal): Promise<void> {
  const quotaOf = (leaseId: LeaseId, service: string): number | null => reconciler.cpuQuota(leaseId, service);
  const clock = world.instruments.watchdog.clockOf("meter", TURN_LIMIT);
  const sampleInterval = world.config.sampleIntervalSeconds * 1_000;
  return runMeter({ ...world, clock, sampleInterval, quotaOf }, signal);
}

function report(world: World, reconciler: Reconciler, endpoint: string, signal: AbortSignal): Promise<void> {
  const { config, journal, instruments } = world;
  const clockOf = (loop: string): Clock => instruments.watchdog.clockOf(loop, REPORT_LIMIT, world.overtaken);
  const figuresOf = (leaseId: LeaseId): Usage =>
    neverBelow(journal.reportedUsage(leaseId), usageOf(leaseId, journal.incarnations(leaseId)));
  const isServed = reconciler.isServed.bind(reconciler);
  const { reportIntervalSeconds: interval, sampleIntervalSeconds } = config;
  const pace = { interval, sampleInterval: sampleIntervalSeconds * 1_000 };
  const onChange = (): void => reconciler.wake();
  const parts = { ...world, ...pace, clockOf, usageOf: figuresOf, isServed, onChange, endpoint };
  return runReporting(parts, signal);
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

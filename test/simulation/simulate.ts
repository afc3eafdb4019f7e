// SPDX-License-Identifier: Apache-2.0
import { PACE } from "./daemon.ts";
import { judge } from "./judge.ts";
import type { SimulatedMarket } from "./market.ts";
import { IDLE_MS } from "./network.ts";
import { CHAIN_ID, POLL_INTERVAL, SAMPLE_INTERVAL, World } from "./world.ts";

const HOUR = 3_600_000;
/** Visits of tenants an hour. */
const VISITS = 1.2;
/** Milliseconds without mishaps in which everything must come to rest. */
const REST = 2 * HOUR;

/** How a run ended. */
export interface Outcome {
  readonly seed: bigint;
  readonly violations: readonly string[];
  readonly happened: Readonly<Record<string, number>>;
  /** The end of the daemon's log. */
  readonly log: readonly string[];
}

/** Plays so many hours of a provider's life from a seed, on a node that stands where `market` was deployed. */
export async function simulate(market: SimulatedMarket, seed: bigint, hours: number): Promise<Outcome> {
  const unhandled: string[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(`unhandled: ${textOf(error)}`);
  process.on("unhandledRejection", onUnhandled);
  const world = await World.create(market, seed);
  try {
    await play(world, hours);
    const found = await violationsOf(world, market);
    const happened = await happenedIn(world, hours);
    return { seed, violations: [...found, ...unhandled], happened, log: world.daemon.log() };
  } finally {
    await world.end();
    process.off("unhandledRejection", onUnhandled);
  }
}

/** Hours in which anything may go wrong, and then some in which nothing does. */
async function play(world: World, hours: number): Promise<void> {
  const { stage, time, network, daemon, tenants, mishaps } = world;
  const end = time.now() + hours * HOUR;
  const hasFailed = (): boolean => daemon.failure !== null;
  await network.begin();
  daemon.start();
  tenants.plan(Math.ceil(hours * VISITS), hours * HOUR);
  mishaps.plan(hours * HOUR);
  await stage.play(end, hasFailed);
  world.calm();
  await stage.play(end + REST, hasFailed);
}

async function violationsOf(world: World, market: SimulatedMarket): Promise<readonly string[]> {
  const { daemon, touches, mishaps, chain, engine, tenants, time } = world;
  const verdict = judge({
    identity: { chainId: CHAIN_ID, market: market.market },
    truth: engine.truth,
    leases: await chain.leases(),
    visits: tenants.visits,
    at: time.now(),
    outageGrace: SAMPLE_INTERVAL + 2 * POLL_INTERVAL + IDLE_MS / 1_000,
    completionGrace: (PACE.reconciler + 2 * IDLE_MS) / 1_000,
    darkness: mishaps.darkness,
    minPeriod: market.terms.minPeriod,
    nonces: await chain.nonces(market.operator.address),
  });
  const failure = daemon.failure === null ? [] : [`the daemon ended: ${textOf(daemon.failure)}`];
  return [...failure, ...touches.violations, ...mishaps.violations, ...verdict];
}

async function happenedIn(world: World, hours: number): Promise<Outcome["happened"]> {
  const { chain, tenants, mishaps, network, endpoints, engine } = world;
  const leases = await chain.leases();
  const withEvent = (wanted: string): number =>
    leases.filter(({ events }) => events.some(({ name }) => name === wanted)).length;
  const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
  return {
    ...mishaps.happened,
    hours,
    leases: leases.length,
    delivered: tenants.visits.filter(({ deliveredAt }) => deliveredAt !== null).length,
    started: withEvent("LeaseStarted"),
    paused: withEvent("LeasePaused"),
    closed: withEvent("LeaseClosed"),
    reorgedBlocks: network.takenBack,
    blocks: network.height,
    rpcCalls: sum(endpoints.flatMap(({ asked }) => [...asked.values()])),
    engineCalls: sum(engine.truth.calls().values()),
  };
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
}

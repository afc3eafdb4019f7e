// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dice } from "../differential/dice.ts";
import { noFaults } from "../fake-engine/faults.ts";
import { FakeEngine } from "../fake-engine/fake-engine.ts";
import { ChainTruth } from "./chain-truth.ts";
import { Daemon } from "./daemon.ts";
import { engineFaults } from "./engine-faults.ts";
import { judge } from "./judge.ts";
import { IMAGE } from "./kinds.ts";
import type { SimulatedMarket } from "./market.ts";
import { Mishaps } from "./mishaps.ts";
import { Network } from "./network.ts";
import { tellNode } from "./node-rpc.ts";
import { RpcEndpoint } from "./rpc-endpoint.ts";
import { Stage } from "./stage.ts";
import { Tenants } from "./tenants.ts";
import { Touches } from "./touches.ts";
import { Traffic } from "./traffic.ts";
import { VirtualTime } from "./virtual-time.ts";

const CHAIN_ID = 31_337;
const HOUR = 3_600_000;
/** Visits of tenants an hour. */
const VISITS = 1.2;
/** Milliseconds without mishaps in which everything must come to rest. */
const REST = 2 * HOUR;
/** Rates for each request. */
const RPC = {
  error: 0.05,
  tooMany: 0.03,
  hang: 0.005,
  lostReply: 0.02,
  missingLogs: 0.03,
  forgedLogs: 0.005,
  lag: 0.0028,
};
const ENGINE = { refuse: 0.03, drop: 0.02, hang: 0.005, garble: 0.02 };
/** Rates for each block. */
const REORGS = { shallow: 0.03, deep: 0.002 };
const SAMPLE_SECONDS = 30;
const POLL_SECONDS = 60;

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
  const dice = (stream: bigint): Dice => new Dice(seed, stream);
  const { timestamp } = await tellNode<{ readonly timestamp: string }>(market.url, "eth_getBlockByNumber", [
    "latest",
    false,
  ]);
  const time = new VirtualTime(Number(timestamp) * 1_000 + 10_000);
  const [start, end] = [time.now(), time.now() + hours * HOUR];
  const restore = time.install();
  const unhandled: string[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(`unhandled: ${textOf(error)}`);
  process.on("unhandledRejection", onUnhandled);
  const images = { [IMAGE]: ["httpd"] };
  const engine = await FakeEngine.start({ clock: time, seed: String(seed), images, registry: images });
  const traffic = new Traffic([() => engine.truth.openRequests() - engine.truth.hungRequests()]);
  const stage = new Stage(time, traffic);
  const network = new Network({ url: market.url, stage, dice: dice(1n), reorgs: REORGS });
  const endpoints = [2n, 3n].map(
    (stream) => new RpcEndpoint({ node: market.url, network, traffic, dice: dice(stream), faults: RPC }),
  );
  const urls = await Promise.all(endpoints.map((endpoint) => endpoint.listen()));
  const folder = await mkdtemp(join(tmpdir(), "berth-simulation-"));
  const keyFile = join(folder, "key");
  await writeFile(keyFile, market.operatorKey, { mode: 0o600 });
  const random = dice(4n);
  const daemon = new Daemon({
    time,
    random: () => random.below(1_000_000) / 1_000_000,
    environment: {
      BERTH_RPC_URL: urls.join(","),
      BERTH_CHAIN_ID: String(CHAIN_ID),
      BERTH_MARKET: market.market,
      BERTH_PROVIDER: market.provider.address,
      BERTH_OPERATOR_KEY_FILE: keyFile,
      BERTH_DATA_DIR: folder,
      BERTH_DOCKER_SOCKET: engine.socketPath,
      BERTH_SAMPLE_INTERVAL_SECONDS: String(SAMPLE_SECONDS),
      BERTH_POLL_INTERVAL_MS: String(POLL_SECONDS * 1_000),
      BERTH_CONFIRMATIONS: "1",
      BERTH_SETTLE_DEPTH: "8",
      BERTH_DELETE_DEPTH: "16",
      BERTH_LOG_LEVEL: "info",
    },
  });
  const chain = await ChainTruth.connect({
    node: market.url,
    market: market.market,
    chainId: CHAIN_ID,
    time,
  });
  const touches = new Touches({ truth: () => engine.truth, chain, time });
  engine.faults = engineFaults(dice(5n), ENGINE, (call) => touches.see(call));
  const tenants = new Tenants({
    node: market.url,
    network,
    stage,
    dice: dice(6n),
    accounts: market.tenants,
    chainId: CHAIN_ID,
    market: market.market,
    provider: market.provider.address,
    offerId: market.offerId,
    milliRate: market.terms.milliRatePerSecond,
    gateway: () => daemon.gateway,
  });
  const mishaps = new Mishaps({ stage, dice: dice(7n), engine, endpoints, daemon, touches });
  network.onChange = () => chain.look();
  try {
    await network.begin();
    daemon.start();
    tenants.plan(Math.ceil(hours * VISITS), hours * HOUR);
    mishaps.plan(hours * HOUR);
    const ended = (): boolean => daemon.failure !== null;
    await stage.play(end, ended);
    network.calm();
    for (const endpoint of endpoints) endpoint.heal();
    engine.faults = engineFaults(dice(5n), { refuse: 0, drop: 0, hang: 0, garble: 0 }, (call) =>
      touches.see(call),
    );
    engine.release();
    await stage.play(end + REST, ended);
    const leases = await chain.leases();
    const verdict = judge({
      identity: { chainId: CHAIN_ID, market: market.market },
      truth: engine.truth,
      leases,
      visits: tenants.visits,
      at: time.now(),
      outageGrace: SAMPLE_SECONDS + 2 * POLL_SECONDS,
      minPeriod: market.terms.minPeriod,
      nonces: await chain.nonces(market.operator.address),
    });
    const failure = daemon.failure === null ? [] : [`the daemon ended: ${textOf(daemon.failure)}`];
    const violations = [...failure, ...touches.violations, ...mishaps.violations, ...unhandled, ...verdict];
    const happened = {
      ...mishaps.happened,
      hours: (time.now() - start) / HOUR,
      leases: leases.length,
      delivered: tenants.visits.filter(({ deliveredAt }) => deliveredAt !== null).length,
      started: leases.filter(({ events }) => events.some(({ name }) => name === "LeaseStarted")).length,
      paused: leases.filter(({ events }) => events.some(({ name }) => name === "LeasePaused")).length,
      closed: leases.filter(({ summary }) => summary.status === "closed").length,
      reorgedBlocks: network.takenBack,
      blocks: network.height,
      rpc: endpoints.flatMap(({ asked }) => [...asked.values()]).reduce((a, b) => a + b, 0),
      engineCalls: [...engine.truth.calls().values()].reduce((a, b) => a + b, 0),
    };
    return { seed, violations, happened, log: daemon.log() };
  } finally {
    engine.faults = noFaults;
    daemon.stop();
    await stage.play(time.now() + 20_000, () => daemon.isOver);
    restore();
    process.off("unhandledRejection", onUnhandled);
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    await engine.close();
    await rm(folder, { recursive: true });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
}

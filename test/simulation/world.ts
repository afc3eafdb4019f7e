// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dice } from "../differential/dice.ts";
import { FakeDockerEngine } from "../fake-engine/fake-engine.ts";
import { noFaults } from "../fake-engine/faults.ts";
import { ChainTruth } from "./chain-truth.ts";
import { Daemon } from "./daemon.ts";
import { engineFaults } from "./engine-faults.ts";
import { Fates } from "./fates.ts";
import { IMAGE } from "./kinds.ts";
import { ENDPOINT, type SimulatedMarket } from "./market.ts";
import { Mishaps } from "./mishaps.ts";
import { Network } from "./network.ts";
import { tellNode } from "./node-rpc.ts";
import { RpcEndpoint } from "./rpc-endpoint.ts";
import { Stage } from "./stage.ts";
import { Tenants } from "./tenants.ts";
import { Touches } from "./touches.ts";
import { Traffic } from "./traffic.ts";
import { VirtualTime } from "./virtual-time.ts";

export const CHAIN_ID = 31_337;
/** Seconds. */
export const [SAMPLE_INTERVAL, POLL_INTERVAL] = [30, 60];
const RPC = {
  error: 0.05,
  tooMany: 0.03,
  hang: 0.005,
  lostReply: 0.02,
  missingLogs: 0.03,
  forgedLogs: 0.005,
  lag: 0.1,
};
const ENGINE = { refuse: 0.03, drop: 0.02, hang: 0.005, garble: 0.02 };
/** Rates for each block. */
const REORGS = { shallow: 0.03, deep: 0.002 };
/** Milliseconds for which the daemon may end at the end. */
const LAST_STOP = 20_000;

/** Everybody who plays, made of one seed. */
export class World {
  readonly time: VirtualTime;
  readonly stage: Stage;
  readonly engine: FakeDockerEngine;
  readonly network: Network;
  readonly endpoints: readonly RpcEndpoint[];
  readonly daemon: Daemon;
  readonly chain: ChainTruth;
  readonly touches: Touches;
  readonly tenants: Tenants;
  readonly mishaps: Mishaps;
  readonly #folder: string;
  readonly #restoreTime: () => void;

  private constructor(parts: WorldParts) {
    const { market, seed, time, engine, folder, urls, chain } = parts;
    const dice = (stream: bigint): Dice => new Dice(seed, stream);
    this.#folder = folder;
    this.#restoreTime = parts.restoreTime;
    [this.time, this.engine, this.chain] = [time, engine, chain];
    [this.stage, this.network, this.endpoints] = [parts.stage, parts.network, parts.endpoints];
    const luck = new Fates({ seed, stream: 4n, now: () => time.now() });
    this.daemon = new Daemon({
      time,
      random: () => luck.of("").below(1_000_000) / 1_000_000,
      environment: environmentOf(market, engine, folder, urls),
    });
    this.touches = new Touches({ truth: () => engine.truth, chain, time });
    const fates = new Fates({ seed, stream: 5n, now: () => time.now() });
    engine.faults = engineFaults(fates, ENGINE, (call) => this.touches.see(call));
    this.tenants = new Tenants({
      node: market.url,
      network: this.network,
      stage: this.stage,
      dice: dice(6n),
      accounts: market.tenants,
      chainId: CHAIN_ID,
      market: market.market,
      provider: market.provider.address,
      offerId: market.offerId,
      milliRate: market.terms.milliRatePerSecond,
      gateway: () => this.daemon.gateway,
    });
    const { stage, endpoints, daemon, touches } = this;
    this.mishaps = new Mishaps({ stage, dice: dice(7n), engine, endpoints, daemon, touches });
    this.network.onChange = () => chain.look();
  }

  /** Sets the stage on a node that stands where `market` was deployed, and takes the process's timers. */
  static async create(market: SimulatedMarket, seed: bigint): Promise<World> {
    const newest = ["latest", false];
    const block = await tellNode<{ readonly timestamp: string }>(market.url, "eth_getBlockByNumber", newest);
    const time = new VirtualTime(Number(block.timestamp) * 1_000 + 10_000);
    const restoreTime = time.install();
    const images = { [IMAGE]: ["httpd"] };
    const engine = await FakeDockerEngine.start({
      clock: time.machine,
      seed: String(seed),
      images,
      registry: images,
    });
    const traffic = new Traffic([() => engine.truth.openRequests() - engine.truth.hungRequests()]);
    const stage = new Stage(time, traffic);
    const network = new Network({ url: market.url, stage, dice: new Dice(seed, 1n), reorgs: REORGS });
    const endpoints = [2n, 3n].map((stream) => {
      const fates = new Fates({ seed, stream, now: () => time.now() });
      return new RpcEndpoint({ node: market.url, network, traffic, fates, faults: RPC });
    });
    const urls = await Promise.all(endpoints.map((endpoint) => endpoint.listen()));
    const folder = await mkdtemp(join(tmpdir(), "berth-simulation-"));
    await writeFile(keyFileIn(folder), market.operatorKey, { mode: 0o600 });
    const { url: node, market: address } = market;
    const chain = await ChainTruth.connect({ node, market: address, chainId: CHAIN_ID, time });
    const parts = { market, seed, time, restoreTime, engine, stage, network, endpoints, urls, folder, chain };
    return new World(parts);
  }

  /** From now on nothing goes wrong any more. */
  calm(): void {
    const { network, tenants, endpoints, engine, touches } = this;
    network.calm();
    tenants.calm();
    for (const endpoint of endpoints) endpoint.heal();
    engine.faults = (call) => {
      touches.see(call);
      return null;
    };
    engine.release();
  }

  async end(): Promise<void> {
    const { engine, daemon, stage, time, endpoints } = this;
    engine.faults = noFaults;
    daemon.stop();
    await stage.play(time.now() + LAST_STOP, () => daemon.isOver);
    this.#restoreTime();
    await Promise.all(endpoints.map((endpoint) => endpoint.close()));
    await engine.close();
    await rm(this.#folder, { recursive: true });
  }
}

interface WorldParts {
  readonly market: SimulatedMarket;
  readonly seed: bigint;
  readonly time: VirtualTime;
  readonly restoreTime: () => void;
  readonly engine: FakeDockerEngine;
  readonly stage: Stage;
  readonly network: Network;
  readonly endpoints: readonly RpcEndpoint[];
  readonly urls: readonly string[];
  readonly folder: string;
  readonly chain: ChainTruth;
}

function keyFileIn(folder: string): string {
  return join(folder, "key");
}

function environmentOf(
  { market, provider }: SimulatedMarket,
  { socketPath }: FakeDockerEngine,
  folder: string,
  urls: readonly string[],
): Readonly<Record<string, string>> {
  return {
    BERTH_RPC_URL: urls.join(","),
    BERTH_CHAIN_ID: String(CHAIN_ID),
    BERTH_MARKET: market,
    BERTH_PROVIDER: provider.address,
    BERTH_OPERATOR_KEY_FILE: keyFileIn(folder),
    BERTH_DATA_DIR: folder,
    BERTH_DOCKER_SOCKET: socketPath,
    BERTH_LOCAL_IMAGES: "true",
    BERTH_PUBLIC_ENDPOINT: ENDPOINT,
    BERTH_SAMPLE_INTERVAL_SECONDS: String(SAMPLE_INTERVAL),
    BERTH_POLL_INTERVAL_MS: String(POLL_INTERVAL * 1_000),
    BERTH_CONFIRMATIONS: "1",
    BERTH_SETTLE_DEPTH: "8",
    BERTH_DELETE_DEPTH: "16",
    BERTH_LOG_LEVEL: "info",
  };
}

// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dice } from "../differential/dice.ts";
import { FakeEngine } from "../fake-engine/fake-engine.ts";
import { Daemon } from "./daemon.ts";
import { engineFaults } from "./engine-faults.ts";
import { IMAGE } from "./kinds.ts";
import type { SimulatedMarket } from "./market.ts";
import { Network } from "./network.ts";
import { tellNode } from "./node-rpc.ts";
import { RpcEndpoint } from "./rpc-endpoint.ts";
import { Stage } from "./stage.ts";
import { Tenants } from "./tenants.ts";
import { Traffic } from "./traffic.ts";
import { VirtualTime } from "./virtual-time.ts";

const RPC = { error: 0.05, tooMany: 0.03, hang: 0.005, lostReply: 0.02, missingLogs: 0.03, forgedLogs: 0.005, lag: 0.0028 };
const ENGINE = { refuse: 0.03, drop: 0.02, hang: 0.005, garble: 0.02 };

export async function simulate(market: SimulatedMarket, seed: bigint, hours: number): Promise<void> {
  const wall = performance.now();
  const dice = (stream: bigint): Dice => new Dice(seed, stream);
  const { timestamp } = await tellNode<{ readonly timestamp: string }>(market.url, "eth_getBlockByNumber", ["latest", false]);
  const time = new VirtualTime(Number(timestamp) * 1_000 + 10_000);
  const start = time.now();
  const restore = time.install();
  const images = { [IMAGE]: ["httpd"] };
  const engine = await FakeEngine.start({ clock: time, seed: String(seed), images, registry: images });
  const traffic = new Traffic([() => engine.truth.openRequests() - engine.truth.hungRequests()]);
  const stage = new Stage(time, traffic);
  const network = new Network({ url: market.url, stage, dice: dice(1n), reorgs: { shallow: 0.03, deep: 0.002 } });
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
      BERTH_CHAIN_ID: "31337",
      BERTH_MARKET: market.market,
      BERTH_PROVIDER: market.provider.address,
      BERTH_OPERATOR_KEY_FILE: keyFile,
      BERTH_DATA_DIR: folder,
      BERTH_DOCKER_SOCKET: engine.socketPath,
      BERTH_SAMPLE_INTERVAL_SECONDS: "300",
      BERTH_POLL_INTERVAL_MS: "30000",
      BERTH_LOG_LEVEL: process.env["SIM_LOG"] ?? "info",
    },
  });
  engine.faults = engineFaults(dice(5n), ENGINE, () => undefined);
  const tenants = new Tenants({
    node: market.url, network, stage, dice: dice(6n), accounts: market.tenants, chainId: 31_337, market: market.market,
    provider: market.provider.address, offerId: market.offerId, milliRate: market.terms.milliRatePerSecond, gateway: () => daemon.gateway,
  });
  await network.begin();
  daemon.start();
  tenants.plan(hours, hours * 3_600_000);
  let steps = 0; const s0 = time.step.bind(time); time.step = () => { steps += 1; return s0(); };
  await stage.play(start + hours * 3_600_000, () => daemon.failure !== null);
  console.log("over", (time.now() - start) / 3_600_000, "h", ((performance.now() - wall) / 1000).toFixed(1), "s wall; steps", steps, "rpc", endpoints.map((e) => Object.fromEntries(e.asked)), "docker", [...engine.truth.calls().values()].reduce((a, b) => a + b, 0));
  console.log("failure", daemon.failure, "visits", tenants.visits.length, "delivered", tenants.visits.filter((v) => v.deliveredAt).length, "running", engine.truth.running().length, "reorged", network.takenBack, "height", network.height);
  if (process.env["SIM_TAIL"]) console.log(daemon.log().slice(-Number(process.env["SIM_TAIL"])).join("\n"));
  daemon.stop();
  await stage.play(time.now() + 20_000, () => daemon.isOver);
  console.log("stopped", daemon.isOver);
  restore();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  await engine.close();
  await rm(folder, { recursive: true });
}

// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectMarket, createGatewayClient } from "@berth/sdk";
import { expect } from "chai";
import { FakeDockerEngine } from "../../test/fake-engine/fake-engine.ts";
import { type DarkProxy, startDarkProxy } from "../../test/helpers/dark-proxy.ts";
import { clientOf, createWorld, type MarketWorld } from "./chain/test/market-world.ts";
import { systemClock } from "./config/system-clock.ts";
import { runOrchestrator } from "./main.ts";
import { thisMachine } from "./machine.ts";
import { daemonEnvironment } from "./test/daemon-environment.ts";
import { documentOf, keptOf, webCompose } from "./test/manifests.ts";

const document = documentOf(webCompose());
const LEASE = 1n;

describe("gateway, loop and endpoint of a daemon that are cut from each other", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-cut-"));
  const stop = new AbortController();
  let world: MarketWorld;
  let engine: FakeDockerEngine;
  let rpc: DarkProxy;
  let socket: DarkProxy;
  let gateway: string;
  let running: Promise<void>;
  /** Milliseconds that the daemon takes to have gone by beside those that did. */
  let passed = 0;

  before(async () => {
    world = await createWorld();
    engine = await FakeDockerEngine.start({ images: { "hello:1": ["httpd", "-f"] } });
    const port = Number(new URL(world.node.url).port);
    const darkPort = port === 65_535 ? port - 1 : port + 1;
    rpc = await startDarkProxy(darkPort, { host: "127.0.0.1", port });
    socket = await startDarkProxy(join(folder, "engine.sock"), { path: engine.socketPath });
    const dataDir = join(folder, "data");
    const environment = {
      ...daemonEnvironment(world, `http://127.0.0.1:${darkPort}`, join(folder, "engine.sock"), dataDir),
      BERTH_GATEWAY_PORT: "0",
      BERTH_POLL_INTERVAL_MS: "100",
      BERTH_REPORT_INTERVAL_SECONDS: "1",
    };
    const announced = await new Promise<string>((resolve, reject) => {
      const machine = {
        ...thisMachine(),
        clock: { ...systemClock, monotonic: () => systemClock.monotonic() + passed },
        logs: { write: () => undefined },
        announce: resolve,
        pace: { reconciler: 300, endpoints: 500, health: 300 },
      };
      running = runOrchestrator(environment, stop.signal, machine);
      running.catch(reject);
    });
    gateway = (JSON.parse(announced) as { readonly gateway: string }).gateway;
    expect(await world.openLease(keptOf(document).manifestHash)).to.equal(LEASE);
    await asTenant().putManifest(document);
    await until(async () => (await statusOf()) === "active");
    await until(async () => (await asTenant().status()).phase === "running");
    await twoLooks();
  });

  after(async () => {
    stop.abort(new Error("over"));
    await running.catch(() => undefined);
    await Promise.all([rpc.close(), socket.close()]);
    await engine.close();
    await world.node.stop();
    rmSync(folder, { recursive: true });
  });

  function asTenant() {
    const { chainId, market, tenant: signer } = world;
    const now = (): bigint => BigInt(Math.floor(Date.now() / 1_000));
    return createGatewayClient({ endpoint: gateway, chainId, market, leaseId: LEASE, signer, now });
  }

  async function marketNow() {
    const { chainId, market: address } = world;
    return connectMarket({ client: clientOf(world.node.url), address, chainId });
  }

  const statusOf = async (): Promise<string> => (await (await marketNow()).leaseSummary(LEASE)).status;
  const reportedAt = async (): Promise<bigint> =>
    (await (await marketNow()).providerOf(world.provider.address)).lastReportAt;

  async function until(isThere: () => Promise<boolean>): Promise<void> {
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** What happened until now, the loop has seen then: the look that was under way may have missed it, the next one has not. */
  async function twoLooks(): Promise<void> {
    const looks = (): number => engine.truth.calls().get("GET /volumes") ?? 0;
    const before = looks();
    await until(async () => looks() >= before + 3);
  }

  async function isLive(): Promise<boolean> {
    return (await fetch(`${gateway}/livez`)).status === 200;
  }

  it("without its endpoint the gateway goes by what the loop saw for a minute, and then cannot tell", async () => {
    const starts = engine.truth.starts(engine.truth.started()[0] ?? "").length;
    await rpc.darken();
    await until(async () => (await asTenant().status()).phase === "unknown");
    expect(await asTenant().status()).to.include({ status: "active" });
    expect(await isLive()).to.equal(true);
    passed += 61_000;
    const refused = await asTenant()
      .status()
      .catch((error: unknown) => error);
    expect(refused).to.include({ code: "E_CHAIN_DARK", retryable: true });
    const raw = await fetch(`${gateway}/v1/leases/${LEASE}/status`);
    expect(raw.status).to.equal(401);
    expect(engine.truth.starts(engine.truth.started()[0] ?? "")).to.have.length(starts);
    expect(engine.truth.running()).to.have.length(1);
    await rpc.lighten();
    await until(
      async () =>
        (
          await asTenant()
            .status()
            .catch(() => null)
        )?.phase === "running",
    );
  });

  it("without its engine it tells the lease from the chain, goes on reporting, and ends nothing", async () => {
    await socket.darken();
    await until(async () => (await asTenant().status()).phase === "unknown");
    const before = await reportedAt();
    await world.control.increaseTime({ seconds: 5 });
    await until(async () => (await reportedAt()) > before);
    expect(await isLive()).to.equal(true);
    expect(engine.truth.running()).to.have.length(1);
    await socket.lighten();
    await until(async () => (await asTenant().status()).phase === "running");
  });
});

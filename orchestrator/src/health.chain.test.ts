// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectMarket, getMarketEvents, type Market } from "@berth/sdk";
import { expect } from "chai";
import { HELLO_IMAGE } from "../../scripts/images/build-hello.ts";
import { FakeDockerEngine } from "../../test/fake-engine/fake-engine.ts";
import { ownerOf } from "./chain/test/daemon.ts";
import { createWorld, type MarketWorld } from "./chain/test/market-world.ts";
import { containerName } from "./domain/names.ts";
import { thisMachine } from "./machine.ts";
import { runOrchestrator } from "./main.ts";
import { openJournal } from "./store/sqlite-journal.ts";
import { daemonEnvironment } from "./test/daemon-environment.ts";
import { documentOf, keptOf } from "./test/manifests.ts";

const CHECKED = `name: checked
services:
  web:
    image: hello:1
    restart: always
    healthcheck: { test: ["CMD", "true"], interval: 5s }
`;
const TWO_PORTS = `name: greedy
services:
  web: { image: "hello:1", ports: ["80", "81"] }
`;
const PATIENCE = 60_000;

describe("a daemon on a real chain", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-health-"));
  const stop = new AbortController();
  let world: MarketWorld;
  let market: Market;
  let engine: FakeDockerEngine;
  let running: Promise<unknown>;
  const leases = new Map<string, bigint>();

  before(async () => {
    world = await createWorld();
    market = await connectMarket({ client: world.client, address: world.market, chainId: world.chainId });
    engine = await FakeDockerEngine.start({ images: { "hello:1": ["httpd"], [HELLO_IMAGE]: ["httpd"] } });
    const journal = openJournal(join(folder, "journal.sqlite"), ownerOf(world));
    for (const compose of [CHECKED, TWO_PORTS]) {
      const kept = keptOf(documentOf(compose));
      const leaseId = await world.openLease(kept.manifestHash);
      journal.keepManifest(leaseId, kept);
      leases.set(compose, leaseId);
    }
    journal.close();
    const environment = {
      ...daemonEnvironment(world, world.node.url, engine.socketPath, folder),
      BERTH_LOG_LEVEL: "silent",
      BERTH_SAMPLE_INTERVAL_SECONDS: "1",
      BERTH_HEALTH_GRACE_SECONDS: "2",
      BERTH_PUBLISH_PORTS: "20000-20000",
    };
    const machine = { ...thisMachine(), announce: () => undefined };
    running = runOrchestrator(environment, stop.signal, machine).catch((error: unknown) => error);
  });

  after(async () => {
    stop.abort(new Error("over"));
    await running;
    await engine.close();
    await world.node.stop();
    rmSync(folder, { recursive: true });
  });

  const leaseOf = (compose: string): bigint => leases.get(compose) ?? 0n;
  const webOf = (compose: string) => containerName(world, leaseOf(compose), "web");

  async function until(compose: string, status: string): Promise<void> {
    const statusNow = async () => (await market.leaseSummary(leaseOf(compose))).status;
    for (const since = Date.now(); (await statusNow()) !== status; await pause(100))
      if (Date.now() - since > PATIENCE) throw new Error(`it is ${await statusNow()}, not ${status}`);
  }

  async function pause(milliseconds: number): Promise<void> {
    const early = await Promise.race([running, new Promise((wait) => setTimeout(wait, milliseconds, "on"))]);
    if (early !== "on") throw new Error("the daemon ended early", { cause: early });
  }

  it("pauses a lease whose health check fails, stops what it earns, and resumes it when it is well", async () => {
    await until(CHECKED, "active");
    engine.setHealth(webOf(CHECKED), "unhealthy");
    await until(CHECKED, "paused");
    const before = await market.leaseSummary(leaseOf(CHECKED));
    await world.control.mine({ blocks: 100, interval: 1 });
    const after = await market.leaseSummary(leaseOf(CHECKED));
    expect(after.accrued).to.equal(before.accrued);
    expect(engine.truth.running().map(({ name }) => name)).to.include(webOf(CHECKED));
    engine.setHealth(webOf(CHECKED), "healthy");
    await until(CHECKED, "active");
    expect(engine.truth.starts(webOf(CHECKED))).to.have.length(1);
  });

  it("gives a lease back, before anything is paid, where its pool has too few ports", async () => {
    await until(TWO_PORTS, "closed");
    const events = await getMarketEvents(world.client, {
      ...{ address: world.market, fromBlock: 0n, toBlock: await world.client.getBlockNumber() },
    });
    const own = events.filter(
      (event) => "leaseId" in event.args && event.args.leaseId === leaseOf(TWO_PORTS),
    );
    expect(own.map(({ name }) => name))
      .to.include("LeaseClosed")
      .and.not.include("LeaseStarted");
    expect(engine.truth.started()).not.to.include(webOf(TWO_PORTS));
  });
});

// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectMarket, type LeaseStatus, marketCalls } from "@berth/sdk";
import { expect } from "chai";
import { FakeDockerEngine } from "../../test/fake-engine/fake-engine.ts";
import { ownerOf } from "./chain/test/daemon.ts";
import { clientOf, createWorld, type MarketWorld } from "./chain/test/market-world.ts";
import { type RpcProxy, startRpcProxy } from "./chain/test/rpc-proxy.ts";
import { runOrchestrator } from "./main.ts";
import { thisMachine } from "./machine.ts";
import { hostOf } from "./test/builders.ts";
import { openJournal } from "./store/sqlite-journal.ts";
import { daemonEnvironment } from "./test/daemon-environment.ts";
import { documentOf, keptOf, webCompose } from "./test/manifests.ts";

const LEASES = [1n, 2n, 3n] as const;
const kept = keptOf(documentOf(webCompose()));

/** A whole daemon over a proxy of its own, which tells what it sends. */
interface Running {
  readonly proxy: RpcProxy;
  readonly lines: readonly string[];
  readonly gateway: string;
  readonly ended: () => boolean;
  stop(): Promise<void>;
}

describe("two daemons with one key on one engine", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-two-"));
  let world: MarketWorld;
  let engine: FakeDockerEngine;
  let older: Running;
  let newer: Running | null = null;

  before(async () => {
    world = await createWorld();
    engine = await FakeDockerEngine.start({ images: { "hello:1": ["httpd", "-f"] } });
    older = await start("older");
  });

  after(async () => {
    await older.stop();
    await newer?.stop();
    await engine.close();
    await world.node.stop();
    rmSync(folder, { recursive: true });
  });

  async function start(name: string): Promise<Running> {
    const dataDir = join(folder, name);
    const proxy = await startRpcProxy(world.node.url);
    const environment = {
      ...daemonEnvironment(world, proxy.url, engine.socketPath, dataDir),
      BERTH_GATEWAY_PORT: "0",
      BERTH_POLL_INTERVAL_MS: "100",
      BERTH_REPORT_INTERVAL_SECONDS: "2",
    };
    keepManifests(dataDir);
    const lines: string[] = [];
    const stop = new AbortController();
    let isOver = false;
    let running: Promise<void> = Promise.resolve();
    const announced = await new Promise<string>((resolve, reject) => {
      const machine = {
        ...thisMachine(),
        probe: () => ({ measure: async () => hostOf() }),
        logs: { write: (line: string) => void lines.push(line) },
        announce: resolve,
        pace: { reconciler: 500, endpoints: 5_000, health: 300 },
      };
      running = runOrchestrator(environment, stop.signal, machine).finally(() => (isOver = true));
      running.catch(reject);
    });
    return {
      proxy,
      lines,
      gateway: (JSON.parse(announced) as { readonly gateway: string }).gateway,
      ended: () => isOver,
      async stop() {
        stop.abort(new Error("over"));
        await running.catch(() => undefined);
        await proxy.stop();
      },
    };
  }

  /** As if the tenants had sent them. */
  function keepManifests(dataDir: string): void {
    const journal = openJournal(join(dataDir, "journal.sqlite"), ownerOf(world));
    for (const leaseId of LEASES) journal.keepManifest(leaseId, kept);
    journal.close();
  }

  const sentBy = ({ proxy }: Running): number =>
    proxy.asked.filter((method) => method === "eth_sendRawTransaction").length;
  const running = (): readonly string[] => engine.truth.running().map(({ name }) => name);

  async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  function market() {
    const { chainId, market: address } = world;
    return connectMarket({ client: clientOf(world.node.url), address, chainId });
  }

  async function statusOf(leaseId: bigint): Promise<LeaseStatus> {
    return (await (await market()).leaseSummary(leaseId)).status;
  }

  async function untilStatus(leaseId: bigint, status: LeaseStatus): Promise<void> {
    await until(async () => (await statusOf(leaseId)) === status);
  }

  async function ask(
    daemon: Running,
    path: string,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${daemon.gateway}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** What the older one has begun, or tried in vain, since it was overtaken. */
  function afterwards(): readonly string[] {
    const taken = older.lines.findIndex((line) => line.includes("E_INSTANCE_TAKEN"));
    expect(taken).to.be.at.least(0);
    return older.lines
      .slice(taken + 1)
      .filter((line) => /step begins|transaction sent|report failed|could not be paused/.test(line));
  }

  it("the older one stands still once the newer has claimed: it sends nothing, changes nothing, and says what to do", async () => {
    expect(await world.openLease(kept.manifestHash)).to.equal(1n);
    await untilStatus(1n, "active");
    expect(running()).to.have.length(1);

    const second = await start("newer");
    newer = second;
    await until(async () => (await ask(older, "/readyz")).text.includes('"check":"instance"'));
    const before = sentBy(older);

    expect(await world.openLease(kept.manifestHash)).to.equal(2n);
    await untilStatus(2n, "active");
    engine.kill(running()[0] ?? "");
    await until(() => running().length === 2);
    const reports = sentBy(second);
    await until(() => sentBy(second) > reports + 1);
    await world.control.increaseTime({ seconds: 3 });
    await new Promise((resolve) => setTimeout(resolve, 3_000));

    expect(sentBy(older)).to.equal(before);
    expect(engine.truth.containers()).to.have.length(2);
    const starts = engine.truth.started().map((name) => engine.truth.starts(name).length);
    expect(starts).to.deep.equal([2, 1]);
    expect(older.ended()).to.equal(false);
    expect((await ask(older, "/livez")).status).to.equal(200);
    const ready = await ask(older, "/readyz");
    expect(ready.status).to.equal(503);
    expect(ready.text).to.contain("does not act any more").and.to.contain("--takeover");
    const said = older.lines.filter((line) => line.includes('"code":"E_INSTANCE_TAKEN"'));
    expect(said).to.have.length(1);
    expect(said[0]).to.contain("--takeover");
    expect(afterwards()).to.deep.equal([]);
  });

  it("the older one stands still also where it is started again, and does not end", async () => {
    await older.stop();
    older = await start("older");
    await until(async () => (await ask(older, "/readyz")).text.includes('"check":"instance"'));
    await world.control.increaseTime({ seconds: 3 });
    await new Promise((resolve) => setTimeout(resolve, 2_000));

    expect(older.ended()).to.equal(false);
    expect(sentBy(older)).to.equal(0);
    expect((await ask(older, "/livez")).status).to.equal(200);
    const ready = await ask(older, "/readyz");
    expect(ready.status).to.equal(503);
    expect(ready.text).to.contain("does not act any more").and.to.contain("--takeover");
    const said = older.lines.filter((line) => line.includes('"code":"E_INSTANCE_TAKEN"'));
    expect(said).to.have.length(1);
    expect(afterwards()).to.deep.equal([]);
    expect(running()).to.have.length(2);
  });

  it("the newer one alone ends what is closed, and no container is made twice", async () => {
    const before = sentBy(older);
    const { instance } = await (await market()).providerOf(world.provider.address);
    await world.send(world.provider, marketCalls(world.market).closeByProvider(instance, [2n], "drain"));
    await until(() => running().length === 1);
    expect(await statusOf(1n)).to.be.oneOf(["active", "paused"]);
    expect(afterwards()).to.deep.equal([]);
    expect(sentBy(older)).to.equal(before);
  });
});

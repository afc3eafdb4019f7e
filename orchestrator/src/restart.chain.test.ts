// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { marketCalls } from "@berth/sdk";
import { expect } from "chai";
import { HELLO_IMAGE } from "../../scripts/images/build-hello.ts";
import { FakeDockerEngine } from "../../test/fake-engine/fake-engine.ts";
import { createWorld, type MarketWorld } from "./chain/test/market-world.ts";
import { ownerOf } from "./chain/test/daemon.ts";
import { type RpcProxy, startRpcProxy } from "./chain/test/rpc-proxy.ts";
import { thisMachine } from "./machine.ts";
import { hostOf } from "./test/builders.ts";
import { runOrchestrator } from "./main.ts";
import { openJournal } from "./store/sqlite-journal.ts";
import { daemonEnvironment } from "./test/daemon-environment.ts";
import { documentOf, keptOf, webCompose } from "./test/manifests.ts";

const LEASES = 20;
/** What a start may ask of a node, whatever the number of leases up to 500, and without what it asks once a second. */
const MOST_CALLS = 40;
const ONCE_A_SECOND = 3;

describe("a daemon that starts again", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "berth-restart-"));
  let world: MarketWorld;
  let proxy: RpcProxy;
  let engine: FakeDockerEngine;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
    engine = await FakeDockerEngine.start({ images: { "hello:1": ["httpd"], [HELLO_IMAGE]: ["httpd"] } });
    await world.control.mine({ blocks: 200 });
    const journal = openJournal(join(folder, "journal.sqlite"), ownerOf(world));
    const kept = keptOf(documentOf(webCompose()));
    for (let lease = 1n; lease <= LEASES; lease += 1n) {
      await world.openLease(kept.manifestHash);
      journal.keepManifest(lease, kept);
    }
    journal.close();
    const ids = Array.from({ length: LEASES }, (_, index) => BigInt(index) + 1n);
    await world.send(world.operator, marketCalls(world.market).start(0n, ids));
  });
  after(async () => {
    await engine.close();
    await proxy.stop();
    await world.node.stop();
    rmSync(folder, { recursive: true });
  });

  /** Runs a daemon until it has seen everything in place; answers the seconds that took. */
  const runUntil = async (isOver: () => boolean): Promise<number> => {
    const environment = {
      ...daemonEnvironment(world, proxy.url, engine.socketPath, folder),
      BERTH_LOG_LEVEL: "silent",
    };
    const stop = new AbortController();
    const startedAt = performance.now();
    const machine = {
      ...thisMachine(),
      announce: () => undefined,
      probe: () => ({ measure: async () => hostOf() }),
    };
    const running = runOrchestrator(environment, stop.signal, machine);
    const ended = running.then(
      () => null,
      (error: unknown) => error,
    );
    while (!isOver()) {
      const early = await Promise.race([ended, new Promise((wait) => setTimeout(wait, 20, undefined))]);
      if (early !== undefined) throw new Error("the daemon ended early", { cause: early });
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    stop.abort(new Error("over"));
    await ended;
    return seconds;
  };

  it("asks the chain for all leases at once, and touches none", async () => {
    await runUntil(() => engine.truth.running().length === LEASES);
    const starts = () => engine.truth.running().map(({ name }) => engine.truth.starts(name).length);
    const changes = () =>
      [...engine.truth.calls()]
        .filter(([endpoint]) => !endpoint.startsWith("GET "))
        .map(([, calls]) => calls);
    const before = changes();
    const looks = () => engine.truth.calls().get("GET /containers/json") ?? 0;
    const looksBefore = looks();
    proxy.asked.length = 0;
    const seconds = await runUntil(() => looks() >= looksBefore + 5);
    expect(changes()).to.deep.equal(before);
    expect(starts()).to.deep.equal(Array.from({ length: LEASES }, () => 1));
    expect(proxy.asked).to.include("eth_call");
    expect(proxy.asked.length).to.be.at.most(MOST_CALLS + ONCE_A_SECOND * Math.ceil(seconds));
  });
});

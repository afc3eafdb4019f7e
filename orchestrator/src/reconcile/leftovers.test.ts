// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import type { Leftover } from "../domain/leftover.ts";
import { obstacleOf } from "../domain/obstacle.ts";
import type { RuntimeMethod } from "../runtime/fake/faults.ts";
import { busy } from "../runtime/runtime-errors.ts";
import { Daemon } from "../test/daemon.ts";
import { documentOf, webCompose } from "../test/manifests.ts";
import { leftoversOf } from "./leftovers.ts";

const lease = 7n;
const other = 8n;
const withVolume = `${webCompose()}    volumes: ["data:/data"]\nvolumes:\n  data: {}\n`;

function refusal(method: RuntimeMethod): RetryableError {
  if (method === "removeVolume") return busy("volume", "data");
  if (method === "removeNetwork") return busy("network", "berth");
  return new RetryableError("E_RUNTIME_FAILED", "it does not go", { atRisk: "nothing", next: "wait" });
}

/** A daemon that serves a lease with a volume, and then sees it closed. */
async function ended(prepare: (daemon: Daemon) => void): Promise<Daemon> {
  const daemon = new Daemon();
  daemon.open(lease, {}, documentOf(withVolume));
  await daemon.settle();
  expect(daemon.market.told).to.deep.equal(["start 7"]);
  prepare(daemon);
  daemon.market.set(lease, { status: "closed", closedAt: 1n });
  return daemon;
}

/** Goes on until another try is due, and through it. */
async function next(daemon: Daemon): Promise<void> {
  await daemon.settle();
  await daemon.clock.advance(60_000);
}

const told = (daemon: Daemon) =>
  daemon.log.said.filter(({ message }) => message === "cannot be cleared away");
const kindsOf = (leftovers: readonly Leftover[]) => leftovers.map(({ kind, name }) => `${kind} ${name}`);

describe("what a lease that is over leaves", () => {
  const cases = [
    ["stopContainer", "process web"],
    ["removeContainer", "container web"],
    ["removeNetwork", "network "],
    ["removeVolume", "volume data"],
  ] as const;
  for (const [method, leftover] of cases) {
    it(`is a leftover after more than three refusals of ${method}, said once, and none once it works`, async () => {
      const daemon = await ended(({ runtime }) => {
        for (let time = 0; time < 6; time += 1) runtime.failNext(method, refusal(method));
      });
      for (let time = 0; time < 3; time += 1) await next(daemon);
      expect(leftoversOf(daemon.reconciler.views())).to.deep.equal([]);
      await next(daemon);
      await next(daemon);
      expect(kindsOf(leftoversOf(daemon.reconciler.views()))).to.deep.equal([leftover]);
      await next(daemon);
      expect(told(daemon)).to.have.length(1);
      const { level, fields } = told(daemon)[0] ?? {};
      expect(level).to.equal("error");
      expect(fields).to.include({ leaseId: "7", kind: leftover.split(" ")[0] });
      expect(fields?.["atRisk"]).to.contain("no money");
      expect(fields?.["next"]).to.be.a("string").with.length.above(20);
      await next(daemon);
      expect(leftoversOf(daemon.reconciler.views())).to.deep.equal([]);
      expect(
        daemon.engine.containers.size + daemon.engine.networks.size + daemon.engine.volumes.size,
      ).to.equal(0);
      expect(daemon.journal.leaseNotes()).to.deep.equal([]);
      expect(told(daemon)).to.have.length(1);
    });
  }

  it("is one too where the engine says that it is done, and it is there still", async () => {
    const daemon = await ended(({ runtime }) => {
      runtime.stopContainer = async () => undefined;
      runtime.removeContainer = async () => undefined;
    });
    for (let time = 0; time < 6; time += 1) await next(daemon);
    expect(kindsOf(leftoversOf(daemon.reconciler.views()))).to.include.members([
      "process web",
      "container web",
    ]);
  });

  it("is told of a daemon that has come back by its own tries", async () => {
    const daemon = await ended(({ runtime }) => {
      for (let time = 0; time < 12; time += 1) runtime.failNext("removeVolume", refusal("removeVolume"));
    });
    for (let time = 0; time < 5; time += 1) await next(daemon);
    daemon.restart();
    await next(daemon);
    expect(leftoversOf(daemon.reconciler.views())).to.deep.equal([]);
    for (let time = 0; time < 4; time += 1) await next(daemon);
    expect(kindsOf(leftoversOf(daemon.reconciler.views()))).to.deep.equal(["volume data"]);
  });

  it("keeps new leases waiting while it is a process, and lets them begin when that is gone", async () => {
    const daemon = await ended(({ runtime }) => {
      for (let time = 0; time < 6; time += 1) runtime.failNext("stopContainer", refusal("stopContainer"));
    });
    const judge = (): void => {
      daemon.obstacle = obstacleOf([], leftoversOf(daemon.reconciler.views()), true);
    };
    for (let time = 0; time < 5; time += 1) await next(daemon);
    judge();
    daemon.open(other);
    await daemon.pass();
    expect(daemon.reconciler.view(other)?.lastError?.code).to.equal("E_PROCESS_STUCK");
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    for (let time = 0; time < 2; time += 1) await next(daemon);
    judge();
    await next(daemon);
    expect(daemon.market.told).to.deep.equal(["start 7", "start 8"]);
  });

  it("is nothing while its lease is served: a tenant is told of that himself", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    await daemon.settle();
    for (let time = 0; time < 8; time += 1)
      daemon.runtime.failNext("stopContainer", refusal("stopContainer"));
    daemon.open(lease, { status: "active" }, documentOf(webCompose("hello:2")));
    for (let time = 0; time < 6; time += 1) await next(daemon);
    expect(daemon.changes().filter((method) => method === "stopContainer").length).to.be.above(4);
    expect(leftoversOf(daemon.reconciler.views())).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)?.lastError?.code).to.equal("E_RUNTIME_FAILED");
  });

  it("is forgotten where the close is taken back and the lease runs again", async () => {
    const daemon = await ended(({ runtime, market }) => {
      market.depths = { settle: 3n, delete: 3n };
      for (let time = 0; time < 9; time += 1) runtime.failNext("stopContainer", refusal("stopContainer"));
    });
    daemon.market.set(lease, { closedAt: daemon.market.timestamp + 1_000n });
    for (let time = 0; time < 5; time += 1) await next(daemon);
    expect(kindsOf(leftoversOf(daemon.reconciler.views()))).to.deep.equal(["process web"]);
    daemon.market.set(lease, { status: "active", closedAt: 0n });
    await daemon.pass();
    expect(leftoversOf(daemon.reconciler.views())).to.deep.equal([]);
    expect(daemon.runtime.container(lease, "web").state).to.equal("running");
  });
});

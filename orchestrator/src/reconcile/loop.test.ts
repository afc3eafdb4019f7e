// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { tenant } from "../test/builders.ts";
import { Daemon, servingDaemon } from "../test/daemon.ts";
import { documentOf, jobCompose, keptOf, webCompose } from "../test/manifests.ts";
import { quiet } from "../test/manual-clock.ts";

const lease = 7n;
const other = 8n;

function away(): RetryableError {
  return new RetryableError("E_RUNTIME_UNREACHABLE", "away", { atRisk: "nothing", next: "wait" });
}

describe("reconciler, in good times", () => {
  it("brings a pending lease up and starts it, once", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    await daemon.settle();
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    expect(daemon.changes()).to.deep.equal([
      "ensureImage",
      "createNetwork",
      "createContainer",
      "startContainer",
    ]);
    expect(daemon.journal.openIntents()).to.deep.equal([]);
  });

  it("does nothing before the manifest is there, and all of it afterwards", async () => {
    const daemon = new Daemon();
    const document = documentOf(webCompose());
    daemon.open(lease, {}, document, false);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    daemon.journal.keepManifest(lease, keptOf(document));
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("keeps what runs while a new manifest is awaited, and replaces it when it comes", async () => {
    const daemon = await servingDaemon(lease);
    const next = documentOf(webCompose("hello:2"));
    daemon.open(lease, { status: "active" }, next, false);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    daemon.journal.keepManifest(lease, keptOf(next));
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([
      "ensureImage",
      "stopContainer",
      "removeContainer",
      "createContainer",
      "startContainer",
    ]);
    expect(daemon.runtime.container(lease, "web").spec.image).to.equal(daemon.engine.pinOf("hello:2"));
  });

  it("removes a closed lease's workload and then forgets the lease", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.set(lease, { status: "closed" });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["stopContainer", "removeContainer", "removeNetwork"]);
    expect(daemon.journal.leaseNotes()).to.deep.equal([]);
    expect(daemon.journal.openIntents()).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)).to.equal(null);
  });

  it("completes a job with its exit code, after starting the lease", async () => {
    const daemon = new Daemon();
    daemon.open(lease, {}, documentOf(jobCompose("false")));
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7", "complete 7 1"]);
    expect(await daemon.containers(lease)).to.deep.equal([]);
  });

  it("rests a depleted lease and closes it once retention is over", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.set(lease, { status: "depleted", depletionClock: 100n, clockNow: 199n });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["stopContainer"]);
    daemon.market.set(lease, { clockNow: 200n });
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7", "close 7 unspecified"]);
  });

  it("starts a revived lease again, also one whose services never restart by themselves", async () => {
    const daemon = new Daemon();
    const never = documentOf(webCompose().replace("restart: always", 'restart: "no"'));
    daemon.open(lease, {}, never);
    await daemon.settle();
    daemon.market.set(lease, { status: "depleted" });
    await daemon.settle();
    daemon.restart();
    daemon.market.set(lease, { status: "paused" });
    await daemon.settle();
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(daemon.market.told).to.deep.equal(["start 7", "resume 7"]);
    daemon.engine.end(daemon.runtime.container(lease, "web"), 0, false);
    await daemon.settle();
    expect(daemon.market.told.at(-1)).to.equal("complete 7 0");
  });
});

describe("reconciler, when it cannot know", () => {
  it("touches nothing while the chain is dark, says so once, and recovers by itself", async () => {
    const daemon = await servingDaemon(lease);
    daemon.open(other);
    daemon.market.isDark = true;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.reconciler.darkness()).to.include({ code: "E_RPC_UNREACHABLE" });
    const warnings = daemon.log.said.filter(({ level }) => level === "warn");
    expect(warnings.map(({ fields }) => fields["dependency"])).to.deep.equal(["chain"]);
    daemon.market.isDark = false;
    await daemon.settle();
    expect(daemon.reconciler.darkness()).to.equal(null);
    expect(daemon.market.told).to.deep.equal(["start 7", "start 8"]);
  });

  it("touches nothing while the engine is dark, tells the chain nothing, and recovers by itself", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.set(lease, { status: "closed" });
    for (let round = 0; round < 8; round += 1) daemon.runtime.failNext("observe", away());
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["stopContainer", "removeContainer", "removeNetwork"]);
  });

  it("freezes a lease that a reorganised chain does not show, and thaws it when it is back", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.leasesById.delete(lease);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["freezeContainer"]);
    daemon.market.set(lease, { status: "active" });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["thawContainer"]);
  });

  it("leaves another provider's lease alone, found by its labels, even closed", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.set(lease, { provider: tenant, status: "closed" });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
  });

  it("leaves a depleted lease alone whose retention cannot be read", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.set(lease, { status: "depleted" });
    daemon.market.retentionPeriod = async () => {
      throw away();
    };
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)?.desired.kind).to.equal("leave");
  });
});

describe("reconciler, while the chain may take back what it shows", () => {
  /** A daemon that serves lease 7 on a chain whose blocks are final when three more have come. */
  async function slow(): Promise<Daemon> {
    const daemon = await servingDaemon(lease);
    daemon.market.depths = { settle: 3n, delete: 3n };
    return daemon;
  }

  it("stops a closed lease and keeps its data, and removes it once the close is final", async () => {
    const daemon = await slow();
    daemon.market.set(lease, { status: "closed", closedAt: daemon.market.timestamp });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["stopContainer"]);
    expect(daemon.reconciler.view(lease)?.desired.kind).to.equal("rest");
    daemon.market.timestamp += 3n;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    daemon.market.timestamp += 1n;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["removeContainer", "removeNetwork"]);
    expect(daemon.journal.leaseNotes()).to.deep.equal([]);
  });

  it("starts the same container again where the close was taken back, after a restart of its own too", async () => {
    for (const isRestarted of [false, true]) {
      const daemon = await slow();
      const [before] = await daemon.containers(lease);
      daemon.market.set(lease, { status: "closed", closedAt: daemon.market.timestamp });
      await daemon.settle();
      if (isRestarted) daemon.restart();
      daemon.market.set(lease, { status: "active", closedAt: 0n });
      await daemon.settle();
      expect(daemon.changes()).to.deep.equal(["stopContainer", "startContainer"]);
      const [after] = await daemon.containers(lease);
      expect(after).to.include({ id: before?.id, state: "running" });
      expect(daemon.market.told).to.deep.equal(["start 7"]);
    }
  });

  it("freezes a lease that is missed, and removes it once a later block is final", async () => {
    const daemon = await slow();
    daemon.market.leasesById.delete(lease);
    await daemon.settle();
    daemon.market.number += 3n;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["freezeContainer"]);
    daemon.market.number += 1n;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["stopContainer", "removeContainer", "removeNetwork"]);
    expect(daemon.journal.leaseNotes()).to.deep.equal([]);
  });

  it("counts from anew when a lease is missed a second time", async () => {
    const daemon = await slow();
    daemon.market.leasesById.delete(lease);
    await daemon.settle();
    daemon.market.set(lease, { status: "active" });
    await daemon.settle();
    daemon.market.number += 3n;
    daemon.market.leasesById.delete(lease);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["freezeContainer", "thawContainer", "freezeContainer"]);
  });

  it("removes nothing while nobody tells what is final, and stops and freezes all the same", async () => {
    const daemon = await servingDaemon(lease);
    const head = daemon.market.head.bind(daemon.market);
    daemon.market.head = async (signal, purpose) => {
      if (purpose === "delete") throw away();
      return head(signal, purpose);
    };
    daemon.market.set(lease, { status: "closed", closedAt: 1n });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["stopContainer"]);
    expect(daemon.reconciler.darkness()).to.equal(null);
    daemon.market.head = head;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["removeContainer", "removeNetwork"]);
  });

  it("removes nothing while another endpoint tells of the lease otherwise", async () => {
    for (const end of ["closed", "absent"] as const) {
      const daemon = await servingDaemon(lease);
      daemon.market.others = new Map(daemon.market.leasesById);
      if (end === "closed") daemon.market.set(lease, { status: "closed", closedAt: 1n });
      else daemon.market.leasesById.delete(lease);
      daemon.market.number += 1n;
      await daemon.settle();
      daemon.market.number += 1n;
      await daemon.settle();
      expect(daemon.changes()).to.deep.equal([end === "closed" ? "stopContainer" : "freezeContainer"]);
      daemon.market.others = new Map();
      await daemon.settle();
      expect(daemon.changes()).to.include.members(["removeContainer", "removeNetwork"]);
    }
  });

  it("declines a lease only once it stands deep enough, and closes a depleted one likewise", async () => {
    const daemon = new Daemon();
    daemon.market.depths = { settle: 3n, delete: 3n };
    daemon.open(lease, {}, documentOf(webCompose("missing:1")));
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal([]);
    daemon.market.number += 3n;
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["close 7 image"]);
    daemon.open(other, { status: "depleted", depletionClock: 0n, clockNow: 100n });
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["close 7 image"]);
    daemon.market.number += 3n;
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["close 7 image", "close 8 unspecified"]);
  });
});

describe("reconciler, after a restart", () => {
  it("adopts the running container and touches nothing", async () => {
    const daemon = await servingDaemon(lease);
    const before = await daemon.containers(lease);
    daemon.restart();
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(await daemon.containers(lease)).to.deep.equal(before);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("without its journal leaves what runs as it is", async () => {
    const daemon = await servingDaemon(lease);
    daemon.journal.forgetLease(lease);
    daemon.restart();
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)?.desired.kind).to.equal("awaitManifest");
  });

  it("without its journal removes what a closed lease left", async () => {
    const daemon = await servingDaemon(lease);
    daemon.journal.forgetLease(lease);
    daemon.market.set(lease, { status: "closed" });
    daemon.restart();
    await daemon.settle();
    expect(await daemon.containers(lease)).to.deep.equal([]);
  });

  it("goes on where a lost reply left it, with one container", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    for (const method of ["createNetwork", "createContainer", "startContainer"] as const) {
      daemon.runtime.dropReplyAfterCommit(method);
    }
    for (let round = 0; round < 5; round += 1) {
      await daemon.settle();
      await daemon.clock.advance(60_000);
    }
    expect(await daemon.containers(lease)).to.have.length(1);
    expect(daemon.changes().filter((method) => method === "createContainer")).to.have.length(1);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });
});

describe("reconciler, running", () => {
  it("looks at once when it is woken, and stops without touching what runs", async () => {
    const daemon = new Daemon();
    const stop = new AbortController();
    const run = daemon.reconciler.run(stop.signal);
    await quiet();
    daemon.open(lease);
    await quiet();
    expect(daemon.market.told).to.deep.equal([]);
    daemon.reconciler.wake();
    await quiet();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    stop.abort();
    await run;
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(daemon.changes()).not.to.include("stopContainer");
  });

  it("looks by itself when the interval is over", async () => {
    const daemon = new Daemon();
    const stop = new AbortController();
    const run = daemon.reconciler.run(stop.signal);
    await quiet();
    daemon.open(lease);
    await daemon.clock.advance(5_000);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    stop.abort();
    await run;
  });

  it("stops within its bound although a step hangs", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    daemon.runtime.hangNext("ensureImage");
    const stop = new AbortController();
    let isOver = false;
    const run = daemon.reconciler.run(stop.signal).then(() => {
      isOver = true;
    });
    await quiet();
    stop.abort();
    await quiet();
    await daemon.clock.advance(8_000);
    expect(isOver).to.equal(false);
    await daemon.clock.advance(1_000);
    await run;
    expect(daemon.changes()).to.deep.equal(["ensureImage"]);
  });
});

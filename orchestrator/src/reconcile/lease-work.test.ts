// SPDX-License-Identifier: Apache-2.0
import { PermanentError, RetryableError } from "@berth/sdk";
import { expect } from "chai";
import { foreign } from "../runtime/runtime-errors.ts";
import { Daemon } from "../test/daemon.ts";
import { documentOf, webCompose } from "../test/manifests.ts";

const lease = 7n;
const other = 8n;

function failure(): RetryableError {
  return new RetryableError("E_RUNTIME_FAILED", "the engine failed", { atRisk: "nothing", next: "wait" });
}

describe("work on a lease that fails", () => {
  it("declines a lease whose image does not exist, at once, and tells why", async () => {
    const daemon = new Daemon();
    daemon.open(lease, {}, documentOf(webCompose("missing:1")));
    await daemon.pass();
    expect(daemon.market.told).to.deep.equal([]);
    await daemon.pass();
    expect(daemon.market.told).to.deep.equal(["close 7 image"]);
    expect(daemon.runtime.calls.filter(({ method }) => method === "resolveImage")).to.have.length(1);
    expect(daemon.changes()).to.deep.equal([]);
  });

  it("declines a lease whose container the engine refuses for the manifest's sake", async () => {
    const daemon = new Daemon();
    const details = { atRisk: "the lease does not run", next: "correct the command" };
    daemon.runtime.failNext(
      "startContainer",
      new PermanentError("E_CANNOT_START", "no such program", details),
    );
    daemon.open(lease);
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["close 7 manifest"]);
  });

  it("declines a lease whose object's name something else has, and asks for it no more", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    daemon.runtime.failNext("createContainer", foreign("container", "berth-7-web"));
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["close 7 hardware"]);
    expect(daemon.changes().filter((change) => change === "createContainer")).to.have.length(1);
  });

  it("declines a lease whose kept manifest does not fit its offer", async () => {
    const daemon = new Daemon();
    daemon.market.resources = { ...daemon.market.resources, memoryMiB: 1 };
    daemon.open(lease);
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["close 7 manifest"]);
    expect(daemon.changes()).to.deep.equal([]);
  });

  it("pauses an active lease that cannot be brought up, and tries again with another manifest only", async () => {
    const daemon = new Daemon();
    daemon.open(lease, { status: "active" }, documentOf(webCompose("missing:1")));
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["pause 7"]);
    expect(daemon.runtime.calls.filter(({ method }) => method === "resolveImage")).to.have.length(1);
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)?.fault).to.include({ code: "E_IMAGE_NOT_FOUND", cause: "image" });
    daemon.open(lease, { status: "paused" });
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["pause 7", "resume 7"]);
    expect(daemon.reconciler.view(lease)?.fault).to.equal(null);
  });

  it("waits longer after each failure, and not at all after a success", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    const tries = (): number => daemon.changes().filter((method) => method === "ensureImage").length;
    for (let round = 0; round < 3; round += 1) daemon.runtime.failNext("ensureImage", failure());
    await daemon.settle();
    expect(tries()).to.equal(1);
    expect(daemon.reconciler.view(lease)?.lastError?.code).to.equal("E_RUNTIME_FAILED");
    await daemon.clock.advance(800);
    await daemon.settle();
    expect(tries()).to.equal(1);
    await daemon.clock.advance(800);
    await daemon.settle();
    expect(tries()).to.equal(0);
    await daemon.clock.advance(800);
    await daemon.settle();
    expect(tries()).to.equal(1);
    await daemon.clock.advance(3_000);
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    expect(daemon.reconciler.view(lease)?.lastError).to.equal(null);
  });

  it("tries again neither sooner nor later because the machine's clock was set", async () => {
    for (const step of [-3_600_000, 3_600_000]) {
      const daemon = new Daemon();
      daemon.open(lease);
      daemon.runtime.failNext("ensureImage", failure());
      await daemon.settle();
      daemon.clock.step(step);
      await daemon.settle();
      expect(daemon.market.told).to.deep.equal([]);
      await daemon.clock.advance(1_000);
      await daemon.settle();
      expect(daemon.market.told).to.deep.equal(["start 7"]);
    }
  });

  it("a stuck lease does not block another", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    daemon.runtime.hangNext("ensureImage");
    await daemon.reconciler.pass(new AbortController().signal);
    daemon.open(other);
    for (let round = 0; round < 4; round += 1) {
      await daemon.reconciler.pass(new AbortController().signal);
      await daemon.clock.advance(0);
    }
    expect(daemon.market.told).to.deep.equal(["start 8"]);
    expect(daemon.reconciler.view(lease)?.step).to.equal("ensureImage");
  });

  it("a lease whose transaction hangs does not block another", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    daemon.open(other);
    daemon.market.hang(lease);
    for (let round = 0; round < 4; round += 1) {
      await daemon.reconciler.pass(new AbortController().signal);
      await daemon.clock.advance(0);
    }
    expect(daemon.market.leasesById.get(other)?.status).to.equal("active");
    expect(daemon.market.told.filter((what) => what === "start 7")).to.have.length(1);
  });

  it("does not send a transaction again while the block it reads is older than the one that holds it", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    daemon.market.startLease = async (leaseId) => void daemon.market.told.push(`start ${leaseId}`);
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    await daemon.clock.advance(30_000);
    await daemon.pass();
    expect(daemon.market.told).to.deep.equal(["start 7", "start 7"]);
  });

  it("starts a crashing service again, later each time, and at once one that ran for long", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    await daemon.settle();
    const starts = (): number => daemon.changes().filter((method) => method === "startContainer").length;
    const crash = (): void => daemon.engine.end(daemon.runtime.container(lease, "web"), 1, false);
    starts();
    await daemon.clock.advance(60_000);
    crash();
    await daemon.settle();
    expect(starts()).to.equal(1);
    crash();
    await daemon.settle();
    expect(starts()).to.equal(0);
    await daemon.clock.advance(1_000);
    await daemon.settle();
    expect(starts()).to.equal(1);
    crash();
    await daemon.clock.advance(1_000);
    await daemon.settle();
    expect(starts()).to.equal(0);
    await daemon.clock.advance(1_000);
    await daemon.settle();
    expect(starts()).to.equal(1);
    await daemon.clock.advance(60_000);
    crash();
    await daemon.settle();
    expect(starts()).to.equal(1);
  });

  it("keeps a crash loop from being paid for until it has run for a minute, over a restart of the daemon", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    await daemon.settle();
    const serves = async (): Promise<boolean | null> => {
      const [workload] = await daemon.runtime.observe(new AbortController().signal);
      return workload === undefined ? false : daemon.reconciler.isServed(lease, workload);
    };
    for (let exit = 1; exit <= 5; exit += 1) {
      expect(await serves(), `before exit ${exit}`).to.equal(true);
      daemon.engine.end(daemon.runtime.container(lease, "web"), 1, true);
      await daemon.settle();
      await daemon.clock.advance(60_000);
      await daemon.settle();
    }
    expect(daemon.runtime.container(lease, "web").state).to.equal("running");
    for (const round of ["before", "after"]) {
      expect(await serves(), round).to.equal(false);
      expect(daemon.reconciler.view(lease)?.exit?.code, round).to.equal("E_SERVICE_OUT_OF_MEMORY");
      daemon.restart();
      await daemon.settle();
    }
    daemon.market.set(lease, { status: "paused" });
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    await daemon.clock.advance(60_000);
    await daemon.settle();
    expect(await serves()).to.equal(true);
    expect(daemon.market.told).to.deep.equal(["start 7", "resume 7"]);
  });

  it("starts a crashing service at most eight times an hour, and another manifest's at once", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    await daemon.settle();
    daemon.changes();
    for (let second = 0; second < 3_000; second += 20) {
      const web = daemon.runtime.container(lease, "web");
      if (web.state === "running") daemon.engine.end(web, 1, false);
      await daemon.pass();
      await daemon.pass();
      await daemon.clock.advance(20_000);
    }
    expect(daemon.changes().filter((method) => method === "startContainer")).to.have.length(7);
    daemon.open(lease, { status: "active" }, documentOf(webCompose("hello:2")));
    await daemon.settle();
    expect(daemon.runtime.container(lease, "web")).to.deep.include({ state: "running" });
    expect(daemon.reconciler.view(lease)?.isUnhealthy).to.equal(false);
  });

  it("does not take steps over and over that change nothing", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    await daemon.settle();
    daemon.changes();
    daemon.runtime.container(lease, "web").state = "frozen";
    daemon.runtime.thawContainer = async () => {
      daemon.runtime.calls.push({ method: "thawContainer", leaseId: lease, part: "web" });
    };
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["thawContainer", "thawContainer"]);
    await daemon.clock.advance(1_000);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["thawContainer"]);
  });

  it("never writes a manifest's values into log or journal intents", async () => {
    const daemon = new Daemon();
    const details: string[] = [];
    const begin = daemon.journal.beginIntent.bind(daemon.journal);
    daemon.journal.beginIntent = (leaseId, action, detail) => {
      details.push(detail);
      return begin(leaseId, action, detail);
    };
    daemon.restart();
    daemon.open(lease);
    daemon.runtime.failNext("createContainer", failure());
    await daemon.settle();
    await daemon.clock.advance(2_000);
    await daemon.settle();
    expect(details).to.deep.equal(["hello:1", "", "", "web", "hello:1", "", "web", "web", ""]);
    expect(JSON.stringify(daemon.log.said)).not.to.include("not for the log");
    expect(daemon.log.said.map(({ message }) => message)).to.include.members([
      "step begins",
      "step done",
      "step failed",
    ]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { statusOf } from "../gateway/status-route.ts";
import { Daemon, servingDaemon } from "../test/daemon.ts";
import { documentOf, webCompose } from "../test/manifests.ts";

const lease = 7n;
const obstacle = { code: "E_GAS_MONEY_LOW", message: "The provider's coin for gas is low." };
const saidOf = (daemon: Daemon) => daemon.log.said.filter(({ message }) => message === "lease is not begun");

describe("a new lease that may not be begun", () => {
  it("waits without a container or a transaction, says why once, and is begun as soon as it may be", async () => {
    const daemon = new Daemon();
    daemon.obstacle = obstacle;
    daemon.open(lease);
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal([]);
    expect(saidOf(daemon).map(({ fields }) => fields)).to.deep.equal([{ leaseId: "7", ...obstacle }]);
    const view = daemon.reconciler.view(lease);
    const summary = view?.lease;
    if (view === null || summary === null || summary === undefined) throw new Error("it was not seen");
    const block = { ...view.block, hash: "0x", parentHash: "0x" } as const;
    expect(statusOf({ leaseId: lease, lease: summary, block }, view, null, null).lastError).to.deep.equal(
      obstacle,
    );

    daemon.obstacle = null;
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    expect(daemon.reconciler.view(lease)?.lastError).to.equal(null);
  });

  it("keeps nothing that runs from going on: restarts, another manifest, a resume, a close", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.told.length = 0;
    daemon.obstacle = obstacle;
    daemon.market.set(lease, { status: "paused" });
    const [container] = daemon.engine.containers.values();
    if (container === undefined) throw new Error("it does not run");
    await daemon.clock.advance(120_000);
    daemon.engine.end(container, 1, false);
    await daemon.settle();
    expect(daemon.changes()).to.contain("startContainer");
    expect(daemon.market.told).to.deep.equal(["resume 7"]);
    daemon.open(lease, { status: "active" }, documentOf(webCompose("hello:2")));
    await daemon.settle();
    expect(daemon.changes()).to.contain("createContainer");
    daemon.market.set(lease, { status: "closed", closedAt: 1n });
    await daemon.settle();
    expect(await daemon.containers(lease)).to.deep.equal([]);
  });

  it("still goes back to its tenant once its time to start is over", async () => {
    const daemon = new Daemon();
    daemon.obstacle = obstacle;
    daemon.open(lease, { startLate: true });
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["close 7 capacity"]);
  });
});

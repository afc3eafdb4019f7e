// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { Daemon, servingDaemon } from "../test/daemon.ts";

const lease = 7n;

describe("a reconciler whose daemon was overtaken", () => {
  it("takes no step for what was opened, closed or ended since, and still shows what it sees", async () => {
    const daemon = await servingDaemon(lease);
    daemon.market.told.length = 0;
    daemon.overtaken.abort(new Error("overtaken"));
    daemon.open(8n);
    daemon.market.set(lease, { status: "closed", closedAt: 1n });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal([]);
    expect(daemon.reconciler.view(lease)?.lease?.status).to.equal("closed");
    expect(daemon.journal.leaseNotes().map(({ leaseId }) => leaseId)).to.deep.equal([lease, 8n]);
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
  });

  it("lets the step under way end and begins none after it", async () => {
    const daemon = new Daemon();
    daemon.open(lease);
    const ensureImage = daemon.runtime.ensureImage.bind(daemon.runtime);
    daemon.runtime.ensureImage = (pin, watch, signal) => {
      daemon.overtaken.abort(new Error("overtaken"));
      return ensureImage(pin, watch, signal);
    };
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["ensureImage"]);
  });
});

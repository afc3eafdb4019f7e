// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { servingDaemon, type Daemon } from "../test/daemon.ts";

const lease = 7n;
const other = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const saidOf = (daemon: Daemon) =>
  daemon.log.said.filter(({ message }) => message === "another lease has this number now");

describe("a lease's number that a replaced chain gave to another", () => {
  /** The lease runs; then the chain shows another one under its number. */
  async function reused(changes: object = { tenant: other }): Promise<Daemon> {
    const daemon = await servingDaemon(lease);
    daemon.market.depths = { settle: 0n, delete: 5n };
    daemon.market.told.length = 0;
    await daemon.clock.advance(60_000);
    daemon.market.set(lease, { status: "pending", ...changes });
    await daemon.settle();
    return daemon;
  }

  for (const changes of [{ tenant: other }, { offerId: 2n }]) {
    it(`has what runs stopped and kept, and tells the new holder why he waits: ${Object.keys(changes)[0]}`, async () => {
      const daemon = await reused(changes);
      expect(daemon.changes()).to.deep.equal(["stopContainer"]);
      expect(daemon.market.told).to.deep.equal([]);
      expect(saidOf(daemon)).to.have.length(1);
      expect(daemon.reconciler.view(lease)?.lastError?.code).to.equal("E_LEASE_NUMBER_REUSED");
    });
  }

  it("is served freshly once that is final, and not before, with nothing of the old one's", async () => {
    const daemon = await reused();
    const [before] = await daemon.containers(lease);
    daemon.changes();
    daemon.market.number += 5n;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    daemon.market.number += 1n;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([
      "removeContainer",
      "removeNetwork",
      "ensureImage",
      "createNetwork",
      "createContainer",
      "startContainer",
    ]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
    const [after] = await daemon.containers(lease);
    expect(after?.id).to.not.equal(before?.id);
  });

  it("stays quarantined over a restart, and while a second endpoint tells of it otherwise", async () => {
    const daemon = await reused();
    daemon.changes();
    daemon.restart();
    const shown = daemon.market.leasesById.get(lease);
    if (shown === undefined) throw new Error("there is no lease");
    daemon.market.others = new Map([
      [lease, { ...shown, tenant: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC" }],
    ]);
    await daemon.settle();
    daemon.market.number += 20n;
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
  });

  it("goes back to the first where the chain does: the same container runs again", async () => {
    const daemon = await reused();
    const [before] = await daemon.containers(lease);
    daemon.changes();
    daemon.market.set(lease, { status: "active", tenant: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC" });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["startContainer"]);
    expect((await daemon.containers(lease))[0]?.id).to.equal(before?.id);
  });

  it("is nothing that one opening needs which is only included again later", async () => {
    const daemon = await reused({ startBy: 20_000n });
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("of a workload that an earlier version began is taken for its own once, and for nobody else's after that", async () => {
    const daemon = await servingDaemon(lease);
    const { containers, networks } = daemon.engine;
    expect([containers.size, networks.size]).to.deep.equal([1, 1]);
    daemon.journal.forgetLease(lease);
    daemon.open(lease, { status: "active" });
    daemon.restart();
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    daemon.market.set(lease, { tenant: other });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal(["stopContainer"]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { tenant } from "../test/builders.ts";
import { Daemon } from "../test/daemon.ts";
import { documentOf, webCompose } from "../test/manifests.ts";

const stranger = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const lease = 7n;
const next = 8n;

describe("a lease that the provider does not take", () => {
  it("is given back before anything is made for it, manifest or not, and its tenant is told why", async () => {
    for (const isKept of [true, false]) {
      const daemon = new Daemon({ deniedTenants: [tenant] });
      daemon.open(lease, { tenant }, documentOf(webCompose()), isKept);
      await daemon.pass();
      expect(daemon.reconciler.view(lease)?.fault).to.include({ code: "E_TENANT_NOT_SERVED" });
      await daemon.settle();
      expect(daemon.changes()).to.deep.equal([]);
      expect(daemon.market.told).to.deep.equal(["close 7 unspecified"]);
      const said = daemon.log.said.filter(({ message }) => message === "lease is not taken");
      expect(said.map(({ fields }) => fields)).to.deep.equal([
        {
          ...{ leaseId: "7", code: "E_TENANT_NOT_SERVED", cause: "unspecified" },
          message: "The provider does not serve this tenant.",
        },
      ]);
    }
  });

  it("waits, unserved, until it stands deep enough to be closed", async () => {
    const daemon = new Daemon({ leasesPerTenant: 1 });
    daemon.open(lease, { tenant });
    await daemon.settle();
    daemon.changes();
    daemon.market.depths = { settle: 2n, delete: 0n };
    daemon.open(next, { tenant });
    await daemon.settle();
    expect(daemon.changes()).to.deep.equal([]);
    expect(daemon.market.told).to.deep.equal(["start 7"]);
  });

  it("is taken once another of its tenant's has ended", async () => {
    const daemon = new Daemon({ leasesPerTenant: 1 });
    daemon.open(lease, { tenant });
    await daemon.settle();
    daemon.market.set(lease, { status: "closed" });
    daemon.open(next, { tenant });
    await daemon.settle();
    expect(daemon.market.told).to.deep.equal(["start 7", "start 8"]);
  });

  it("keeps no other lease waiting, however many there are, and leaves nothing behind", async () => {
    const daemon = new Daemon({ deniedTenants: [tenant] });
    const flood = Array.from({ length: 40 }, (_, index) => BigInt(index) + 100n);
    for (const each of flood) daemon.open(each, { tenant });
    daemon.open(lease, { tenant: stranger });
    await daemon.pass();
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    await daemon.settle();
    const closes = daemon.market.told.filter((told) => told.startsWith("close"));
    expect(new Set(closes).size).to.equal(flood.length);
    expect(closes).to.have.length(flood.length);
    expect(daemon.journal.leaseNotes().map(({ leaseId }) => leaseId)).to.deep.equal([lease]);
    expect(daemon.reconciler.views()).to.have.length(1);
  });

  it("goes on where it was started before the rule came", async () => {
    const daemon = new Daemon({ deniedTenants: [tenant] });
    daemon.open(lease, { tenant, status: "active" });
    await daemon.settle();
    expect((await daemon.containers(lease)).map(({ state }) => state)).to.deep.equal(["running"]);
    expect(daemon.market.told).to.deep.equal([]);
  });
});

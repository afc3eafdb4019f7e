// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { id } from "ethers";
import { Status, statusSet } from "../helpers/enums.ts";
import {
  depletedLease,
  endedByProvider,
  lapse,
  openLease,
  pausedLease,
  startLease,
} from "../helpers/leases.ts";
import { loadWorld } from "../helpers/world.ts";

const NEXT = id("next manifest");

describe("setManifest", () => {
  it("tells the provider what to run from now on, and counts the event", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await expect(world.market.connect(world.tenant).setManifest(leaseId, NEXT))
      .to.emit(world.market, "LeaseManifestChanged")
      .withArgs(leaseId, world.owner, NEXT, 3n);
  });

  it("works on pending, paused and depleted leases, which stay what they are", async () => {
    const world = await loadWorld();
    const { market, tenant } = world;
    for (const [leaseId, status] of [
      [await openLease(world), Status.Pending],
      [await pausedLease(world), Status.Paused],
      [await depletedLease(world), Status.Depleted],
    ] as const) {
      await expect(market.connect(tenant).setManifest(leaseId, NEXT)).to.emit(market, "LeaseManifestChanged");
      expect(await market.statusOf(leaseId)).to.equal(status);
    }
  });

  it("refuses everybody but the tenant, before it looks at the status", async () => {
    const world = await loadWorld();
    const { market, owner, operator, otherTenant, stranger } = world;
    for (const leaseId of [await startLease(world), await endedByProvider(world)]) {
      for (const caller of [owner, operator, otherTenant, stranger]) {
        await expect(market.connect(caller).setManifest(leaseId, NEXT))
          .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
          .withArgs(leaseId, caller);
      }
    }
  });

  it("refuses lapsed, closed and unknown leases", async () => {
    const world = await loadWorld();
    const { market, tenant } = world;
    const closed = await endedByProvider(world);
    const lapsed = await startLease(world);
    await lapse();
    for (const [leaseId, status] of [
      [closed, Status.Closed],
      [lapsed, Status.Lapsed],
    ] as const) {
      await expect(market.connect(tenant).setManifest(leaseId, NEXT))
        .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
        .withArgs(leaseId, status, statusSet("Pending", "Active", "Paused", "Depleted"));
    }
    await expect(market.connect(tenant).setManifest(99n, NEXT))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
  });
});

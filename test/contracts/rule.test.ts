// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MAX_BALANCE, usd } from "../helpers/amounts.ts";
import {
  BOND,
  awaitRuling,
  disputeOf,
  disputedLease,
  expectMoved,
  leaseOf,
  purseOf,
} from "../helpers/disputes.ts";
import { Status, statusSet } from "../helpers/enums.ts";
import { endedByProvider, lapse, openLease, pausedLease, report, startLease } from "../helpers/leases.ts";
import { ASKED, AWARD } from "../helpers/scenes.ts";
import { advance } from "../helpers/time.ts";
import { COLLATERAL, createOffer, termsOf } from "../helpers/world.ts";

const DISPUTABLE = statusSet("Active", "Paused", "Depleted", "Closed");

describe("rule", () => {
  it("is refused to everybody but the offer's arbitrator", async () => {
    const { world, leaseId } = await disputedLease();
    const { market, owner, tenant, payee, usd: token } = world;
    const elsewhere = await createOffer(market, owner, termsOf(token, { arbitrator: payee.address }));
    await startLease(world, { offerId: elsewhere });
    for (const caller of [tenant, owner, world.operator, world.stranger, payee]) {
      await expect(market.connect(caller).rule(leaseId, AWARD, ""))
        .to.be.revertedWithCustomError(market, "DisputeCallerNotArbitrator")
        .withArgs(leaseId, caller);
    }
    expect((await disputeOf({ world, leaseId })).open).to.equal(true);
  });

  it("is refused to everybody where the offer names nobody", async () => {
    const { world } = await leaseOf();
    const leaseId = await startLease(world, { offerId: world.unjudgedOfferId });
    for (const caller of [world.tenant, world.owner, world.arbitrator]) {
      await expect(world.market.connect(caller).rule(leaseId, 0n, ""))
        .to.be.revertedWithCustomError(world.market, "DisputeCallerNotArbitrator")
        .withArgs(leaseId, caller);
    }
  });

  it("is refused for unknown leases and for such as have not started", async () => {
    const { world, leaseId } = await leaseOf(openLease);
    const { market, arbitrator } = world;
    await expect(market.connect(arbitrator).rule(99n, 0n, ""))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
    await expect(market.connect(arbitrator).rule(leaseId, 0n, ""))
      .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
      .withArgs(leaseId, Status.Pending, DISPUTABLE);
  });

  it("is refused while the lease is lapsed, and open again once a report has cured it", async () => {
    const lease = await disputedLease();
    const { market, arbitrator } = lease.world;
    await lapse();
    for (const award of [0n, AWARD]) {
      await expect(market.connect(arbitrator).rule(lease.leaseId, award, ""))
        .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
        .withArgs(lease.leaseId, Status.Lapsed, DISPUTABLE);
    }
    await report(lease.world);
    const before = await purseOf(lease.world);
    await market.connect(arbitrator).rule(lease.leaseId, AWARD, "");
    await expectMoved(lease, before, { tenant: AWARD + BOND, staked: -AWARD, locked: -COLLATERAL });
  });

  it("goes on while the provider of a closed lease has lapsed", async () => {
    const lease = await disputedLease(endedByProvider);
    await lapse();
    const before = await purseOf(lease.world);
    await lease.world.market.connect(lease.world.arbitrator).rule(lease.leaseId, AWARD, "");
    await expectMoved(lease, before, { tenant: AWARD + BOND, staked: -AWARD, locked: -COLLATERAL });
  });

  it("is refused where no dispute awaits it: never opened, ruled on, expired or voided", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, tenant, arbitrator, stranger } = world;
    await market.connect(tenant).deposit(world.usd, usd(10));
    const [ruled, dismissed, expired] = [
      await startLease(world),
      await pausedLease(world),
      await startLease(world),
    ];
    for (const id of [ruled, dismissed, expired]) await market.connect(tenant).openDispute(id, ASKED, "");
    await market.connect(arbitrator).rule(ruled, AWARD, "");
    await market.connect(arbitrator).rule(dismissed, 0n, "");
    await awaitRuling({ world, leaseId: expired }, 1n);
    await market.connect(stranger).expireDispute(expired);
    await report(world);
    const voided = await startLease(world);
    await market.connect(tenant).openDispute(voided, ASKED, "");
    await lapse();
    await market.connect(tenant).close(voided);
    await report(world);
    const before = await purseOf(world);
    for (const id of [leaseId, ruled, dismissed, expired, voided]) {
      for (const award of [0n, AWARD]) {
        await expect(market.connect(arbitrator).rule(id, award, ""))
          .to.be.revertedWithCustomError(market, "DisputeNotOpen")
          .withArgs(id);
      }
    }
    expect(await purseOf(world)).to.deep.equal(before);
  });

  it("is in time in the last second, and late in the next", async () => {
    for (const award of [0n, AWARD]) {
      const lease = await disputedLease(endedByProvider);
      const { market, arbitrator } = lease.world;
      const ruleBy = await awaitRuling(lease);
      await market.connect(arbitrator).rule.staticCall(lease.leaseId, award, "");
      await advance(1n);
      await expect(market.connect(arbitrator).rule(lease.leaseId, award, ""))
        .to.be.revertedWithCustomError(market, "DisputeRulingTooLate")
        .withArgs(lease.leaseId, ruleBy + 1n, ruleBy);
    }
  });

  it("awards up to what was asked, and not one unit more, though the collateral would bear it", async () => {
    const { world, leaseId } = await disputedLease();
    const { market, arbitrator } = world;
    for (const award of [ASKED + 1n, COLLATERAL, MAX_BALANCE + 2n, 2n ** 256n - 1n]) {
      await expect(market.connect(arbitrator).rule(leaseId, award, ""))
        .to.be.revertedWithCustomError(market, "DisputeAwardTooLarge")
        .withArgs(leaseId, award, ASKED);
    }
    await market.connect(arbitrator).rule(leaseId, ASKED, "");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import {
  BOND,
  completedLease,
  disputedLease,
  disputeOf,
  expectMoved,
  leaseOf,
  leaseUnder,
  purseOf,
  ranOut,
  ranOutByProvider,
  wholeOf,
} from "../helpers/disputes.ts";
import { Cause, Status, statusSet } from "../helpers/enums.ts";
import {
  depletedLease,
  endedByProvider,
  lapse,
  openLease,
  pausedLease,
  report,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { ASKED } from "../helpers/scenes.ts";
import { DISPUTE_WINDOW, LAPSE_PERIOD, RULING_PERIOD, advance, now } from "../helpers/time.ts";
import { COLLATERAL, REPORT_PERIOD, STAKE, START_PERIOD } from "../helpers/world.ts";

const EVIDENCE = "ipfs://evidence";
const DISPUTABLE = statusSet("Active", "Paused", "Depleted", "Closed");

describe("openDispute", () => {
  it("takes the bond out of the tenant's free balance, and says what is asked, of whom and until when", async () => {
    const lease = await leaseOf();
    const { world, leaseId } = lease;
    const { market, usd: token, owner, tenant, arbitrator } = world;
    const before = await purseOf(world);
    const wallet = await token.balanceOf(tenant);
    const ruleBy = now() + RULING_PERIOD;
    await expect(market.connect(tenant).openDispute(leaseId, ASKED, EVIDENCE))
      .to.emit(market, "DisputeOpened")
      .withArgs(leaseId, owner, arbitrator, ASKED, BOND, ruleBy, EVIDENCE);
    await expectMoved(lease, before, { tenant: -BOND });
    expect(await token.balanceOf(tenant)).to.equal(wallet);
    expect(await disputeOf(lease)).to.deep.equal([ASKED, BOND, ruleBy, true, false]);
  });

  it("changes nothing of the lease but that it is disputed, and is no event for the daemon", async () => {
    const lease = await leaseOf();
    const { market, owner, tenant } = lease.world;
    const [before, provider] = [await wholeOf(lease), await market.providerOf(owner)];
    await market.connect(tenant).openDispute(lease.leaseId, ASKED, EVIDENCE);
    expect(before["disputed"]).to.equal(false);
    expect(await wholeOf(lease)).to.deep.equal({ ...before, disputed: true });
    expect((await market.providerOf(owner)).sequence).to.equal(provider.sequence);
  });

  it("is the tenant's on a paused and on a depleted lease as well", async () => {
    for (const build of [pausedLease, depletedLease]) {
      const lease = await leaseOf(build);
      const { market, tenant } = lease.world;
      const before = await purseOf(lease.world);
      const { status } = await summaryOf(lease.world, lease.leaseId);
      await market.connect(tenant).openDispute(lease.leaseId, ASKED, "");
      await expectMoved(lease, before, { tenant: -BOND });
      expect((await summaryOf(lease.world, lease.leaseId)).status).to.equal(status);
    }
  });

  it("is the tenant's on a lease that was ended by its provider, completed or left to run out", async () => {
    for (const build of [endedByProvider, completedLease, ranOut, ranOutByProvider]) {
      const lease = await leaseOf(build);
      const { world, leaseId } = lease;
      const before = await purseOf(world);
      await world.market.connect(world.tenant).openDispute(leaseId, ASKED, "");
      await expectMoved(lease, before, { tenant: -BOND });
      const { status, collateral, disputed } = await summaryOf(world, leaseId);
      expect([status, collateral, disputed]).to.deep.equal([Status.Closed, COLLATERAL, true]);
    }
  });

  it("takes the last second of the window after the end, and not the next", async () => {
    const { world, leaseId } = await leaseOf(endedByProvider);
    const { market, tenant } = world;
    const disputableUntil = now() + DISPUTE_WINDOW;
    await advance(DISPUTE_WINDOW);
    await market.connect(tenant).openDispute.staticCall(leaseId, ASKED, "");
    await advance(1n);
    await expect(market.connect(tenant).openDispute(leaseId, ASKED, ""))
      .to.be.revertedWithCustomError(market, "DisputeTooLate")
      .withArgs(leaseId, disputableUntil + 1n, disputableUntil);
  });

  it("opens in the window's last second and is then ruled on long after it", async () => {
    const lease = await leaseOf(endedByProvider);
    const { market, tenant, stranger, arbitrator } = lease.world;
    await advance(DISPUTE_WINDOW);
    await market.connect(tenant).openDispute(lease.leaseId, ASKED, "");
    await advance(1n);
    await market.connect(stranger).releaseCollateral([lease.leaseId]);
    const before = await purseOf(lease.world);
    await advance(RULING_PERIOD - 1n);
    await market.connect(arbitrator).rule(lease.leaseId, ASKED, "");
    await expectMoved(lease, before, { tenant: ASKED + BOND, staked: -ASKED, locked: -COLLATERAL });
  });

  it("works in the provider's last second before he lapses, and not in the first of the lapse", async () => {
    for (const build of [startLease, pausedLease]) {
      const { world, leaseId } = await leaseOf(build);
      const { market, tenant } = world;
      await advance(REPORT_PERIOD + LAPSE_PERIOD);
      await market.connect(tenant).openDispute.staticCall(leaseId, ASKED, "");
      await advance(1n);
      await expect(market.connect(tenant).openDispute(leaseId, ASKED, ""))
        .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
        .withArgs(leaseId, Status.Lapsed, DISPUTABLE);
      await report(world);
      await market.connect(tenant).openDispute(leaseId, ASKED, "");
    }
  });

  it("outlives a lapse that a report has cured: the tenant's close is then his own, and voids nothing", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const { market, tenant } = world;
    await lapse();
    await report(world);
    expect((await disputeOf(lease)).open).to.equal(true);
    const closing = market.connect(tenant).close(leaseId);
    await expect(closing).to.emit(market, "LeaseClosed");
    for (const event of ["DisputeVoided", "CollateralForfeited", "CollateralUnlocked"] as const) {
      await expect(closing).not.to.emit(market, event);
    }
    expect(await market.stakeOf(world.usd, world.owner)).to.deep.equal([STAKE, COLLATERAL]);
  });

  it("is refused while the lease has not started, and where there is none", async () => {
    const { world, leaseId } = await leaseOf(openLease);
    const { market, tenant } = world;
    await expect(market.connect(tenant).openDispute(leaseId, ASKED, ""))
      .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
      .withArgs(leaseId, Status.Pending, DISPUTABLE);
    await expect(market.connect(tenant).openDispute(99n, ASKED, ""))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
  });

  it("is refused to everybody but the tenant, his delegate included, whatever the lease's status", async () => {
    const { world, leaseId } = await leaseOf();
    const pending = await openLease(world);
    const { market, usd: token, tenant, otherTenant } = world;
    await market.connect(tenant).setDelegate(token, otherTenant, usd(1), now() + RULING_PERIOD);
    for (const caller of [otherTenant, world.owner, world.operator, world.arbitrator, world.stranger]) {
      for (const id of [leaseId, pending]) {
        await expect(market.connect(caller).openDispute(id, ASKED, ""))
          .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
          .withArgs(id, caller);
      }
    }
  });

  it("is refused where the offer names nobody to rule, on open leases and on closed ones", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, tenant, unjudgedOfferId: offerId } = world;
    const ids = [await startLease(world, { offerId }), await endedByProvider(world, { offerId })];
    for (const id of ids) {
      await expect(market.connect(tenant).openDispute(id, ASKED, ""))
        .to.be.revertedWithCustomError(market, "DisputeArbitratorAbsent")
        .withArgs(id);
    }
    await market.connect(tenant).openDispute(leaseId, ASKED, "");
  });

  it("is refused where a close has unlocked or forfeited the collateral, or it was released", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, operator, tenant } = world;
    const [late, released, lapsed] = [
      await openLease(world),
      await endedByProvider(world),
      await startLease(world),
    ];
    const declined = await openLease(world);
    await market.connect(operator).closeByProvider(0n, [declined], Cause.Capacity);
    await market.connect(tenant).close(leaseId);
    await market.connect(tenant).releaseCollateral([released]);
    await advance(START_PERIOD + 1n);
    await market.connect(tenant).close(late);
    await lapse();
    await market.connect(tenant).close(lapsed);
    for (const id of [leaseId, declined, released, late, lapsed]) {
      await expect(market.connect(tenant).openDispute(id, ASKED, ""))
        .to.be.revertedWithCustomError(market, "DisputeCollateralAbsent")
        .withArgs(id);
    }
  });

  it("is refused where the offer asks for no collateral", async () => {
    const { world, leaseId } = await leaseUnder({ collateral: 0n });
    await expect(world.market.connect(world.tenant).openDispute(leaseId, 1n, ""))
      .to.be.revertedWithCustomError(world.market, "DisputeCollateralAbsent")
      .withArgs(leaseId);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import {
  BOND,
  awaitRuling,
  completedLease,
  disputeOf,
  disputedLease,
  expectMoved,
  leaseOf,
  purseOf,
  ranOut,
  wholeOf,
} from "../helpers/disputes.ts";
import { Cause, Reason, Status } from "../helpers/enums.ts";
import {
  depletedLease,
  endedByProvider,
  freeOf,
  lapse,
  openLease,
  pausedLease,
  report,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { ASKED, AWARD } from "../helpers/scenes.ts";
import { RULING_PERIOD, advance } from "../helpers/time.ts";
import { COLLATERAL, STAKE } from "../helpers/world.ts";

const QUIET = ["CollateralUnlocked", "CollateralAwarded", "CollateralForfeited"] as const;

describe("expireDispute", () => {
  it("is anybody's a second after the ruling's last, and nobody's in it", async () => {
    for (const name of ["tenant", "owner", "operator", "arbitrator", "stranger"] as const) {
      const lease = await disputedLease();
      const { market } = lease.world;
      const caller = market.connect(lease.world[name]);
      const ruleBy = await awaitRuling(lease);
      await expect(caller.expireDispute(lease.leaseId))
        .to.be.revertedWithCustomError(market, "DisputeRulingPending")
        .withArgs(lease.leaseId, ruleBy, ruleBy);
      const before = await purseOf(lease.world);
      await advance(1n);
      await caller.expireDispute(lease.leaseId);
      await expectMoved(lease, before, { tenant: BOND });
    }
  });

  it("gives the bond back to the tenant, whoever calls, and says so", async () => {
    const lease = await disputedLease();
    const { market, owner, tenant, stranger } = lease.world;
    await awaitRuling(lease, 1n);
    const before = await purseOf(lease.world);
    const expiring = market.connect(stranger).expireDispute(lease.leaseId);
    await expect(expiring).to.emit(market, "DisputeExpired").withArgs(lease.leaseId, owner, tenant, BOND);
    for (const event of QUIET) await expect(expiring).not.to.emit(market, event);
    await expectMoved(lease, before, { tenant: BOND });
    const { open, used } = await disputeOf(lease);
    expect([open, used]).to.deep.equal([false, true]);
  });

  it("is refused the moment it was opened, though it is the parties who ask", async () => {
    const lease = await disputedLease(endedByProvider);
    const { market, owner, tenant } = lease.world;
    const { ruleBy } = await disputeOf(lease);
    for (const caller of [owner, tenant]) {
      await expect(market.connect(caller).expireDispute(lease.leaseId))
        .to.be.revertedWithCustomError(market, "DisputeRulingPending")
        .withArgs(lease.leaseId, ruleBy - RULING_PERIOD, ruleBy);
    }
  });

  it("is refused where no dispute awaits a ruling: never opened, ruled on, expired, voided, or no lease", async () => {
    const { world, leaseId } = await leaseOf();
    const { market, tenant, arbitrator, stranger } = world;
    await market.connect(tenant).deposit(world.usd, usd(10));
    const [pending, ruled, dismissed] = [
      await openLease(world),
      await startLease(world),
      await pausedLease(world),
    ];
    const [expired, voided] = [await endedByProvider(world), await startLease(world)];
    for (const id of [ruled, dismissed, expired, voided]) {
      await market.connect(tenant).openDispute(id, ASKED, "");
    }
    await market.connect(arbitrator).rule(ruled, AWARD, "");
    await market.connect(arbitrator).rule(dismissed, 0n, "");
    await lapse();
    await market.connect(tenant).close(voided);
    await awaitRuling({ world, leaseId: expired }, 1n);
    await market.connect(stranger).expireDispute(expired);
    const before = await purseOf(world);
    for (const id of [leaseId, pending, ruled, dismissed, expired, voided]) {
      await expect(market.connect(stranger).expireDispute(id))
        .to.be.revertedWithCustomError(market, "DisputeNotOpen")
        .withArgs(id);
    }
    await expect(market.connect(stranger).expireDispute(99n))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
    expect(await purseOf(world)).to.deep.equal(before);
  });

  it("leaves an open lease as it was, its collateral locked, and is no event for the daemon", async () => {
    for (const build of [startLease, pausedLease, depletedLease]) {
      const lease = await disputedLease(build);
      const { market, owner, stranger } = lease.world;
      await awaitRuling(lease, 1n);
      await report(lease.world);
      const before = await wholeOf(lease);
      const [{ sequence }, purse] = [await market.providerOf(owner), await purseOf(lease.world)];
      await market.connect(stranger).expireDispute(lease.leaseId);
      expect(await wholeOf(lease)).to.deep.equal({ ...before, collateral: COLLATERAL, disputed: false });
      expect((await market.providerOf(owner)).sequence).to.equal(sequence);
      await expectMoved(lease, purse, { tenant: BOND });
    }
  });

  it("unlocks the collateral of a closed lease, whoever closed it", async () => {
    const own: typeof startLease = async (world, options) => startLease(world, options);
    for (const build of [endedByProvider, completedLease, ranOut, own]) {
      const lease = await disputedLease(build);
      const { market, owner, tenant, stranger } = lease.world;
      if (build === own) await market.connect(tenant).close(lease.leaseId);
      await awaitRuling(lease, 1n);
      const before = await purseOf(lease.world);
      const expiring = await market.connect(stranger).expireDispute(lease.leaseId);
      await expect(expiring).to.emit(market, "CollateralUnlocked").withArgs(lease.leaseId, owner, COLLATERAL);
      const logs = (await expiring.wait())?.logs.map((log) => market.interface.parseLog(log)?.name);
      expect(logs).to.deep.equal(["DisputeExpired", "CollateralUnlocked"]);
      await expectMoved(lease, before, { tenant: BOND, locked: -COLLATERAL });
      expect((await summaryOf(lease.world, lease.leaseId)).collateral).to.equal(0n);
    }
  });

  it("gives the bond of a lapsed lease back without its cover, which the close then forfeits, voiding nothing", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const { market, owner, tenant, stranger } = world;
    await awaitRuling(lease, 1n);
    expect(await market.statusOf(leaseId)).to.equal(Status.Lapsed);
    const before = await purseOf(world);
    await market.connect(stranger).expireDispute(leaseId);
    await expectMoved(lease, before, { tenant: BOND });
    const { accrued, refundable } = await summaryOf(world, leaseId);
    const closing = market.connect(tenant).close(leaseId);
    await expect(closing).to.emit(market, "CollateralForfeited").withArgs(leaseId, owner, tenant, COLLATERAL);
    await expect(closing).not.to.emit(market, "DisputeVoided");
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Lapsed);
    const changes = { provider: accrued, staked: -COLLATERAL, locked: -COLLATERAL };
    await expectMoved(lease, before, { ...changes, tenant: BOND + refundable + COLLATERAL });
  });

  it("lets every later close unlock at once, because no other dispute can come", async () => {
    for (const name of ["close", "closeByProvider", "complete"] as const) {
      const lease = await disputedLease(pausedLease);
      const { world, leaseId } = lease;
      const { market, owner, operator, tenant, stranger } = world;
      await awaitRuling(lease, 1n);
      await report(world);
      await market.connect(stranger).expireDispute(leaseId);
      const { refundable } = await summaryOf(world, leaseId);
      const before = await purseOf(world);
      const calls = {
        close: () => market.connect(tenant).close(leaseId),
        closeByProvider: () => market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain),
        complete: () => market.connect(operator).complete(0n, leaseId, 0n, ""),
      };
      await expect(calls[name]()).to.emit(market, "CollateralUnlocked").withArgs(leaseId, owner, COLLATERAL);
      await expectMoved(lease, before, { tenant: refundable, locked: -COLLATERAL });
    }
  });

  it("lets everybody out though the arbitrator never says a word", async () => {
    const lease = await disputedLease(endedByProvider);
    const { world, leaseId } = lease;
    const { market, usd: token, owner, rival, tenant, stranger, payee } = world;
    await awaitRuling(lease, 1n);
    await market.connect(stranger).expireDispute(leaseId);
    await market.connect(tenant).withdraw(token, await freeOf(world, tenant), payee);
    await market.connect(owner).claim(token, [], payee);
    for (const provider of [owner, rival]) await market.connect(provider).withdrawStake(token, STAKE, payee);
    expect(await token.balanceOf(market)).to.equal(0n);
  });
});

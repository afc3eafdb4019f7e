// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  BOND,
  completedLease,
  disputeOf,
  disputedLease,
  expectMoved,
  purseOf,
  ranOut,
  ranOutByProvider,
  wholeOf,
} from "../helpers/disputes.ts";
import { Cause, Reason } from "../helpers/enums.ts";
import {
  depletedLease,
  endedByProvider,
  lapse,
  pausedLease,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { COLLATERAL } from "../helpers/world.ts";

const REASONS = "ipfs://reasons";

describe("rule with 0", () => {
  it("gives the tenant's bond to the provider, and says so", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const { market, owner, arbitrator } = world;
    const before = await purseOf(world);
    const ruling = market.connect(arbitrator).rule(leaseId, 0n, REASONS);
    await expect(ruling)
      .to.emit(market, "DisputeRuled")
      .withArgs(leaseId, owner, arbitrator, 0n, BOND, REASONS);
    for (const event of ["CollateralAwarded", "CollateralUnlocked", "CollateralForfeited"] as const) {
      await expect(ruling).not.to.emit(market, event);
    }
    await expectMoved(lease, before, { provider: BOND });
    const { open, used } = await disputeOf(lease);
    expect([open, used]).to.deep.equal([false, true]);
  });

  it("leaves an open lease as it was, its collateral locked, and is no event for the daemon", async () => {
    for (const build of [startLease, pausedLease, depletedLease]) {
      const lease = await disputedLease(build);
      const { market, owner, arbitrator } = lease.world;
      const before = await wholeOf(lease);
      const [{ sequence }, purse] = [await market.providerOf(owner), await purseOf(lease.world)];
      await market.connect(arbitrator).rule(lease.leaseId, 0n, "");
      expect(await wholeOf(lease)).to.deep.equal({ ...before, collateral: COLLATERAL, disputed: false });
      expect((await market.providerOf(owner)).sequence).to.equal(sequence);
      await expectMoved(lease, purse, { provider: BOND });
    }
  });

  it("unlocks the collateral of a closed lease, whoever closed it", async () => {
    const own: typeof startLease = async (world, options) => startLease(world, options);
    for (const build of [endedByProvider, completedLease, ranOut, ranOutByProvider, own]) {
      const lease = await disputedLease(build);
      const { market, owner, arbitrator, tenant } = lease.world;
      if (build === own) await market.connect(tenant).close(lease.leaseId);
      const before = await purseOf(lease.world);
      const ruling = await market.connect(arbitrator).rule(lease.leaseId, 0n, "");
      await expect(ruling).to.emit(market, "CollateralUnlocked").withArgs(lease.leaseId, owner, COLLATERAL);
      const logs = (await ruling.wait())?.logs.map((log) => market.interface.parseLog(log)?.name);
      expect(logs).to.deep.equal(["DisputeRuled", "CollateralUnlocked"]);
      await expectMoved(lease, before, { provider: BOND, locked: -COLLATERAL });
      expect((await summaryOf(lease.world, lease.leaseId)).collateral).to.equal(0n);
    }
  });

  it("keeps the lapse cover of an open lease: a later lapse forfeits all of it, the bond being gone", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const { market, owner, tenant, arbitrator } = world;
    await market.connect(arbitrator).rule(leaseId, 0n, "");
    await lapse();
    const [before, { accrued, refundable }] = [await purseOf(world), await summaryOf(world, leaseId)];
    await expect(market.connect(tenant).close(leaseId))
      .to.emit(market, "CollateralForfeited")
      .withArgs(leaseId, owner, tenant, COLLATERAL);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Lapsed);
    await expectMoved(lease, before, {
      tenant: refundable + COLLATERAL,
      provider: accrued,
      staked: -COLLATERAL,
      locked: -COLLATERAL,
    });
  });

  it("lets every later close unlock at once, because no other dispute can come", async () => {
    const closes = ["close", "closeByProvider", "complete"] as const;
    for (const name of closes) {
      const lease = await disputedLease(pausedLease);
      const { world, leaseId } = lease;
      const { market, owner, arbitrator } = world;
      await market.connect(arbitrator).rule(leaseId, 0n, "");
      const { refundable } = await summaryOf(world, leaseId);
      const before = await purseOf(world);
      const daemon = market.connect(world.operator);
      const calls = {
        close: () => market.connect(world.tenant).close(leaseId),
        closeByProvider: () => daemon.closeByProvider(0n, [leaseId], Cause.Drain),
        complete: () => daemon.complete(0n, leaseId, 0n, ""),
      };
      await expect(calls[name]()).to.emit(market, "CollateralUnlocked").withArgs(leaseId, owner, COLLATERAL);
      await expectMoved(lease, before, { tenant: refundable, locked: -COLLATERAL });
    }
  });
});

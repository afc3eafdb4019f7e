// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  BOND,
  completedLease,
  disputedLease,
  expectMoved,
  leaseOf,
  purseOf,
  ranOut,
  wholeOf,
} from "../helpers/disputes.ts";
import type { Case } from "../helpers/disputes.ts";
import { Cause, Reason } from "../helpers/enums.ts";
import {
  depletedLease,
  endedByProvider,
  lapse,
  pausedLease,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { ASKED, AWARD } from "../helpers/scenes.ts";
import { COLLATERAL, STAKE } from "../helpers/world.ts";

const REASONS = "ipfs://reasons";

describe("rule with an award", () => {
  it("gives the tenant award and bond, frees the rest, and tells it in this order", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const { market, owner, tenant, arbitrator } = world;
    const before = await purseOf(world);
    const ruling = await market.connect(arbitrator).rule(leaseId, AWARD, REASONS);
    await expect(ruling)
      .to.emit(market, "DisputeRuled")
      .withArgs(leaseId, owner, arbitrator, AWARD, BOND, REASONS);
    await expect(ruling)
      .to.emit(market, "CollateralAwarded")
      .withArgs(leaseId, owner, tenant, AWARD, COLLATERAL - AWARD);
    const logs = (await ruling.wait())?.logs.map((log) => market.interface.parseLog(log)?.name);
    expect(logs).to.deep.equal(["DisputeRuled", "CollateralAwarded"]);
    await expectMoved(lease, before, { tenant: AWARD + BOND, staked: -AWARD, locked: -COLLATERAL });
  });

  it("takes one unit, what was asked, and all of the collateral", async () => {
    for (const [asked, award] of [
      [ASKED, 1n],
      [ASKED, ASKED],
      [COLLATERAL, COLLATERAL],
    ] as const) {
      const lease = await leaseOf();
      const { market, owner, tenant, arbitrator } = lease.world;
      await market.connect(tenant).openDispute(lease.leaseId, asked, "");
      const before = await purseOf(lease.world);
      await expect(market.connect(arbitrator).rule(lease.leaseId, award, ""))
        .to.emit(market, "CollateralAwarded")
        .withArgs(lease.leaseId, owner, tenant, award, COLLATERAL - award);
      await expectMoved(lease, before, { tenant: award + BOND, staked: -award, locked: -COLLATERAL });
    }
  });

  it("leaves an open lease as it was, but for the collateral, and is no event for the daemon", async () => {
    for (const build of [startLease, pausedLease, depletedLease]) {
      const lease = await disputedLease(build);
      const { market, owner, arbitrator } = lease.world;
      const [before, { sequence }] = [await wholeOf(lease), await market.providerOf(owner)];
      await market.connect(arbitrator).rule(lease.leaseId, AWARD, "");
      expect(await wholeOf(lease)).to.deep.equal({ ...before, collateral: 0n, disputed: false });
      expect((await market.providerOf(owner)).sequence).to.equal(sequence);
    }
  });

  it("is paid on closed leases, the tenant's own close and the provider's, and unlocks no second time", async () => {
    for (const build of [endedByProvider, completedLease, ranOut]) {
      const lease = await disputedLease(build);
      const before = await purseOf(lease.world);
      const { market, arbitrator } = lease.world;
      const ruling = market.connect(arbitrator).rule(lease.leaseId, AWARD, "");
      await expect(ruling).to.emit(market, "CollateralAwarded");
      await expect(ruling).not.to.emit(market, "CollateralUnlocked");
      await expectMoved(lease, before, { tenant: AWARD + BOND, staked: -AWARD, locked: -COLLATERAL });
    }
    const own = await disputedLease();
    await own.world.market.connect(own.world.tenant).close(own.leaseId);
    const before = await purseOf(own.world);
    await own.world.market.connect(own.world.arbitrator).rule(own.leaseId, AWARD, "");
    await expectMoved(own, before, { tenant: AWARD + BOND, staked: -AWARD, locked: -COLLATERAL });
  });

  it("makes the rest of the collateral the provider's to withdraw at once", async () => {
    const lease = await disputedLease();
    const { market, owner, arbitrator, usd: token } = lease.world;
    await market.connect(arbitrator).rule(lease.leaseId, AWARD, "");
    await expect(market.connect(owner).withdrawStake(token, STAKE - AWARD + 1n, owner))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, token, STAKE - AWARD + 1n, STAKE - AWARD);
    await market.connect(owner).withdrawStake(token, STAKE - AWARD, owner);
    expect(await market.stakeOf(token, owner)).to.deep.equal([0n, 0n]);
  });

  it("takes nothing of what stands behind other leases, with no stake beyond theirs", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const { market, owner, arbitrator, usd: token } = world;
    await startLease(world);
    await market.connect(owner).withdrawStake(token, STAKE - 2n * COLLATERAL, owner);
    await market.connect(arbitrator).rule(leaseId, ASKED, "");
    expect(await market.stakeOf(token, owner)).to.deep.equal([2n * COLLATERAL - ASKED, COLLATERAL]);
  });

  it("ends the lapse cover, however small: a lapsed close then forfeits nothing", async () => {
    const lease = await disputedLease();
    const { world, leaseId } = lease;
    const { market, tenant, arbitrator } = world;
    await market.connect(arbitrator).rule(leaseId, 1n, "");
    await lapse();
    const [before, { accrued, refundable }] = [await purseOf(world), await summaryOf(world, leaseId)];
    const closing = market.connect(tenant).close(leaseId);
    for (const event of ["CollateralForfeited", "CollateralUnlocked", "DisputeVoided"] as const) {
      await expect(closing).not.to.emit(market, event);
    }
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Lapsed);
    await expectMoved(lease, before, { tenant: refundable, provider: accrued });
  });

  it("leaves nothing for later closes to unlock: the tenant's, the provider's, a completion", async () => {
    const closes = [
      ({ world, leaseId }: Case) => world.market.connect(world.tenant).close(leaseId),
      ({ world, leaseId }: Case) =>
        world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Drain),
      ({ world, leaseId }: Case) => world.market.connect(world.operator).complete(0n, leaseId, 0n, ""),
    ];
    for (const close of closes) {
      const lease = await disputedLease(pausedLease);
      const { market, arbitrator, owner, usd: token } = lease.world;
      await market.connect(arbitrator).rule(lease.leaseId, AWARD, "");
      const { refundable } = await summaryOf(lease.world, lease.leaseId);
      const before = await purseOf(lease.world);
      await expect(close(lease)).not.to.emit(market, "CollateralUnlocked");
      await expectMoved(lease, before, { tenant: refundable });
      expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE - AWARD, 0n]);
    }
  });
});

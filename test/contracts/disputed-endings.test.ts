// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import { Cause, Reason } from "../helpers/enums.ts";
import { endedByProvider, freeOf, lapse, pausedLease, startLease, summaryOf } from "../helpers/leases.ts";
import { DISPUTE_WINDOW, advance } from "../helpers/time.ts";
import { COLLATERAL, STAKE, loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const ASKED = usd(3);
const AWARD = usd(2);
const BOND = COLLATERAL / 10n;
const LOCKED = [STAKE, COLLATERAL];
const UNLOCKED = [STAKE, 0n];

type Build = (world: World) => Promise<bigint>;

/** A lease with a dispute that awaits its ruling. */
async function disputed(build: Build): Promise<{ world: World; leaseId: bigint }> {
  const world = await loadWorld();
  const { market, usd: token, tenant } = world;
  const leaseId = await build(world);
  await market.connect(tenant).deposit(token, usd(1));
  await market.connect(tenant).openDispute(leaseId, ASKED, "");
  return { world, leaseId };
}

async function ruled(award: bigint, build: Build = startLease): Promise<{ world: World; leaseId: bigint }> {
  const { world, leaseId } = await disputed(build);
  await world.market.connect(world.arbitrator).rule(leaseId, award, "");
  return { world, leaseId };
}

async function stakeOf({ market, owner, usd: token }: World): Promise<bigint[]> {
  return [...(await market.stakeOf(token, owner))];
}

describe("close of a lease with a dispute", () => {
  it("unlocks nothing in the tenant's own close while the dispute is open", async () => {
    const { world, leaseId } = await disputed(startLease);
    const closing = world.market.connect(world.tenant).close(leaseId);
    await expect(closing).to.emit(world.market, "LeaseClosed");
    await expect(closing).not.to.emit(world.market, "CollateralUnlocked");
    const { reason, collateral, disputed: isDisputed } = await summaryOf(world, leaseId);
    expect([reason, collateral, isDisputed]).to.deep.equal([Reason.TenantClosed, COLLATERAL, true]);
    expect(await stakeOf(world)).to.deep.equal(LOCKED);
  });

  it("unlocks in the tenant's own close what a dismissal has left locked", async () => {
    const { world, leaseId } = await ruled(0n);
    expect(await stakeOf(world)).to.deep.equal(LOCKED);
    await expect(world.market.connect(world.tenant).close(leaseId))
      .to.emit(world.market, "CollateralUnlocked")
      .withArgs(leaseId, world.owner, COLLATERAL);
    expect(await stakeOf(world)).to.deep.equal(UNLOCKED);
  });

  it("has nothing to unlock where an award was paid", async () => {
    const { world, leaseId } = await ruled(AWARD);
    const closing = world.market.connect(world.tenant).close(leaseId);
    await expect(closing).to.emit(world.market, "LeaseClosed");
    await expect(closing).not.to.emit(world.market, "CollateralUnlocked");
    expect(await stakeOf(world)).to.deep.equal([STAKE - AWARD, 0n]);
  });

  it("voids the dispute of a lapsed lease: bond back, collateral forfeited once", async () => {
    for (const build of [startLease, pausedLease]) {
      const { world, leaseId } = await disputed(build);
      const { market, owner, tenant, arbitrator } = world;
      const before = await freeOf(world, tenant);
      await lapse();
      const refund = (await summaryOf(world, leaseId)).refundable;
      const closing = market.connect(tenant).close(leaseId);
      await expect(closing).to.emit(market, "DisputeVoided").withArgs(leaseId, owner, tenant, BOND);
      await expect(closing)
        .to.emit(market, "CollateralForfeited")
        .withArgs(leaseId, owner, tenant, COLLATERAL);
      expect(await freeOf(world, tenant)).to.equal(before + refund + BOND + COLLATERAL);
      expect(await stakeOf(world)).to.deep.equal([STAKE - COLLATERAL, 0n]);
      const { open, used } = await market.disputeOf(leaseId);
      expect([open, used]).to.deep.equal([false, true]);
      await expect(market.connect(arbitrator).rule(leaseId, AWARD, ""))
        .to.be.revertedWithCustomError(market, "DisputeNotOpen")
        .withArgs(leaseId);
    }
  });

  it("forfeits what a dismissal has left locked, and voids nothing", async () => {
    const { world, leaseId } = await ruled(0n);
    await lapse();
    const closing = world.market.connect(world.tenant).close(leaseId);
    await expect(closing).to.emit(world.market, "CollateralForfeited");
    await expect(closing).not.to.emit(world.market, "DisputeVoided");
    expect(await stakeOf(world)).to.deep.equal([STAKE - COLLATERAL, 0n]);
  });

  it("forfeits nothing of a lapsed lease whose award was paid: its cover is used up", async () => {
    const { world, leaseId } = await ruled(AWARD);
    await lapse();
    const closing = world.market.connect(world.tenant).close(leaseId);
    await expect(closing).to.emit(world.market, "LeaseClosed");
    await expect(closing).not.to.emit(world.market, "CollateralForfeited");
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Lapsed);
    expect(await stakeOf(world)).to.deep.equal([STAKE - AWARD, 0n]);
  });
});

describe("closeByProvider of a lease with a dispute", () => {
  it("unlocks nothing while the dispute is open", async () => {
    const { world, leaseId } = await disputed(startLease);
    await world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Drain);
    expect((await world.market.disputeOf(leaseId)).open).to.equal(true);
    expect(await stakeOf(world)).to.deep.equal(LOCKED);
  });

  it("unlocks at once after the one dispute, because no other can come", async () => {
    const { world, leaseId } = await ruled(0n);
    await expect(world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Drain))
      .to.emit(world.market, "CollateralUnlocked")
      .withArgs(leaseId, world.owner, COLLATERAL);
    expect(await stakeOf(world)).to.deep.equal(UNLOCKED);
  });

  it("voids the dispute of a lapsed lease as the tenant's close does", async () => {
    const { world, leaseId } = await disputed(startLease);
    await lapse();
    const closing = world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Drain);
    await expect(closing).to.emit(world.market, "DisputeVoided");
    await expect(closing).to.emit(world.market, "CollateralForfeited");
    expect(await stakeOf(world)).to.deep.equal([STAKE - COLLATERAL, 0n]);
  });
});

describe("complete of a lease with a dispute", () => {
  it("unlocks nothing while the dispute is open, and at once after it", async () => {
    const open = await disputed(startLease);
    await open.world.market.connect(open.world.operator).complete(0n, open.leaseId, 0n, "");
    expect(await stakeOf(open.world)).to.deep.equal(LOCKED);
    const over = await ruled(0n);
    await over.world.market.connect(over.world.operator).complete(0n, over.leaseId, 0n, "");
    expect(await stakeOf(over.world)).to.deep.equal(UNLOCKED);
  });
});

describe("releaseCollateral of a lease with a dispute", () => {
  it("skips it while the dispute is open, for the tenant and past the window as well", async () => {
    const { world, leaseId } = await disputed(endedByProvider);
    const { market, tenant, stranger } = world;
    await expect(market.connect(tenant).releaseCollateral([leaseId])).not.to.emit(
      market,
      "CollateralUnlocked",
    );
    await advance(DISPUTE_WINDOW + 1n);
    for (const caller of [tenant, stranger]) await market.connect(caller).releaseCollateral([leaseId]);
    expect(await stakeOf(world)).to.deep.equal(LOCKED);
  });

  it("has nothing left to free once the dispute of a closed lease is over", async () => {
    for (const [award, staked] of [
      [0n, STAKE],
      [AWARD, STAKE - AWARD],
    ] as const) {
      const { world, leaseId } = await ruled(award, endedByProvider);
      await expect(world.market.connect(world.tenant).releaseCollateral([leaseId])).not.to.emit(
        world.market,
        "CollateralUnlocked",
      );
      expect(await stakeOf(world)).to.deep.equal([staked, 0n]);
    }
  });
});

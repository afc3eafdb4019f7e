// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress, id } from "ethers";
import { costOf, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Cause, Status } from "../helpers/enums.ts";
import {
  AMOUNT,
  MANIFEST,
  depletedLease,
  freeOf,
  openLease,
  report,
  startExisting,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { openUnder, quoteOf } from "../helpers/quotes.ts";
import { MINUTE, advance, now } from "../helpers/time.ts";
import { COLLATERAL, RATE, REPORT_PERIOD, STAKE, START_PERIOD, loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const FREE = usd(50);
const CAP = usd(20);
const REVIVAL = costOf(RATE, REPORT_PERIOD);

/** The tenant has fifty dollars in the market; the stranger may spend twenty of them for half an hour. */
async function loadGranted(): Promise<World> {
  const world = await loadWorld();
  const { market, usd: token, tenant, stranger } = world;
  await market.connect(tenant).deposit(token, FREE);
  await market.connect(tenant).setDelegate(token, stranger, CAP, now() + 30n * MINUTE);
  return world;
}

function openBy({ market, owner, tenant, stranger, offerId }: World, amount: bigint) {
  return market.connect(stranger).openFromBalance(offerId, owner, RATE, amount, MANIFEST, tenant);
}

async function capOf({ market, usd: token, tenant, stranger }: World): Promise<bigint> {
  return (await market.delegateOf(tenant, token, stranger)).cap;
}

describe("a delegate who spends", () => {
  it("opens a lease of his principal's out of the free balance, and his cap falls by it", async () => {
    const world = await loadGranted();
    const { market, usd: token, owner, tenant, stranger, offerId } = world;
    const opening = openBy(world, AMOUNT);
    await expect(opening)
      .to.emit(market, "DelegateSpent")
      .withArgs(tenant, token, stranger, AMOUNT, CAP - AMOUNT);
    await expect(opening)
      .to.emit(market, "LeaseOpened")
      .withArgs(
        ...[1n, owner, tenant, offerId, RATE, AMOUNT, COLLATERAL, now() + START_PERIOD, MANIFEST],
        ...[ZeroAddress, 1n],
      );
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, stranger, market], [0n, 0n, 0n]);
    const logs = (await (await opening).wait())?.logs.map((log) => market.interface.parseLog(log)?.name);
    expect(logs).to.deep.equal(["DelegateSpent", "LeaseOpened"]);
    expect([await freeOf(world, tenant), await capOf(world)]).to.deep.equal([FREE - AMOUNT, CAP - AMOUNT]);
    expect((await summaryOf(world, 1n)).tenant).to.equal(tenant.address);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
    expect((await market.providerOf(owner)).sequence).to.equal(1n);
  });

  it("tops up his principal's lease out of the free balance, and his cap falls by it", async () => {
    const world = await loadGranted();
    const { market, usd: token, owner, tenant, stranger } = world;
    const leaseId = await startLease(world);
    const topUp = market.connect(stranger).topUpFromBalance(leaseId, usd(3));
    await expect(topUp)
      .to.emit(market, "DelegateSpent")
      .withArgs(tenant, token, stranger, usd(3), CAP - usd(3));
    await expect(topUp)
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, ZeroAddress, usd(3), AMOUNT + usd(3), 3n);
    expect([await freeOf(world, tenant), await capOf(world)]).to.deep.equal([FREE - usd(3), CAP - usd(3)]);
  });

  it("revives his principal's depleted lease out of the free balance", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, stranger } = world;
    await market.connect(tenant).deposit(token, FREE);
    const leaseId = await depletedLease(world);
    await market.connect(tenant).setDelegate(token, stranger, REVIVAL, now());
    const revival = market.connect(stranger).topUpFromBalance(leaseId, REVIVAL);
    await expect(revival)
      .to.emit(market, "LeasePaused")
      .withArgs(leaseId, owner, usd(1), 0n, REPORT_PERIOD, 3n);
    await expect(revival)
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, ZeroAddress, REVIVAL, REVIVAL, 4n);
    await expect(revival).to.emit(market, "DelegateSpent").withArgs(tenant, token, stranger, REVIVAL, 0n);
    expect(await market.statusOf(leaseId)).to.equal(Status.Paused);
    expect([await freeOf(world, tenant), await capOf(world)]).to.deep.equal([FREE - REVIVAL, 0n]);
  });

  it("spends the last unit of his cap, and not one more", async () => {
    const world = await loadGranted();
    const { market, usd: token, tenant, stranger } = world;
    const leaseId = await startLease(world);
    const calls = [
      () => openBy(world, CAP + 1n),
      () => market.connect(stranger).topUpFromBalance(leaseId, CAP + 1n),
    ];
    for (const call of calls) {
      await expect(call())
        .to.be.revertedWithCustomError(market, "DelegateCapExceeded")
        .withArgs(tenant, token, stranger, CAP + 1n, CAP);
    }
    await openBy(world, CAP);
    expect(await capOf(world)).to.equal(0n);
    await expect(market.connect(stranger).topUpFromBalance(leaseId, 1n))
      .to.be.revertedWithCustomError(market, "DelegateCapExceeded")
      .withArgs(tenant, token, stranger, 1n, 0n);
    expect(await freeOf(world, tenant)).to.equal(FREE - CAP);
  });

  it("spends no more than there is, whatever his cap", async () => {
    const world = await loadGranted();
    const { market, usd: token, tenant, stranger } = world;
    await market.connect(tenant).setDelegate(token, stranger, 2n ** 128n - 1n, now());
    await expect(openBy(world, FREE + 1n))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, tenant, FREE + 1n, FREE);
    await openBy(world, FREE);
    expect(await capOf(world)).to.equal(2n ** 128n - 1n - FREE);
  });

  it("gets no cap back where the money does, and none from a new deposit", async () => {
    const world = await loadGranted();
    const { market, usd: token, operator, tenant, stranger } = world;
    await openBy(world, CAP);
    await market.connect(operator).closeByProvider(0n, [1n], Cause.Capacity);
    expect([await freeOf(world, tenant), await capOf(world)]).to.deep.equal([FREE, 0n]);
    await market.connect(tenant).deposit(token, usd(100));
    await expect(openBy(world, AMOUNT))
      .to.be.revertedWithCustomError(market, "DelegateCapExceeded")
      .withArgs(tenant, token, stranger, AMOUNT, 0n);
  });

  it("keeps his cap where the call fails", async () => {
    const world = await loadGranted();
    const { market } = world;
    const minimum = costOf(RATE, 600n);
    await expect(openBy(world, minimum - 1n))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, minimum - 1n, minimum);
    expect([await capOf(world), await freeOf(world, world.tenant)]).to.deep.equal([CAP, FREE]);
  });

  it("uses no cap where he pays out of his own wallet: open, openWithQuote and topUp", async () => {
    const world = await loadGranted();
    const { market, usd: token, owner, tenant, stranger, offerId } = world;
    const opening = market.connect(stranger).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant);
    await expect(opening)
      .to.emit(market, "LeaseOpened")
      .withArgs(
        ...[1n, owner, tenant, offerId, RATE, AMOUNT, COLLATERAL, now() + START_PERIOD, MANIFEST],
        ...[stranger, 1n],
      );
    await expect(opening).not.to.emit(market, "DelegateSpent");
    await expect(opening).to.changeTokenBalances(ethers, token, [stranger, tenant], [-AMOUNT, 0n]);
    await openUnder(world, quoteOf(world), { caller: stranger, tenant });
    await market.connect(stranger).topUp(1n, usd(1));
    expect([await capOf(world), await freeOf(world, tenant)]).to.deep.equal([CAP, FREE]);
    expect((await summaryOf(world, 2n)).tenant).to.equal(tenant.address);
    await startExisting(world, [1n, 2n]);
    await market.connect(world.operator).closeByProvider(0n, [1n, 2n], Cause.Drain);
    expect(await freeOf(world, tenant)).to.equal(FREE + 2n * AMOUNT + usd(1));
    expect(await freeOf(world, stranger)).to.equal(0n);
  });

  it("acts in his last second, and in the next neither opens, tops up nor revives", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, stranger, offerId } = world;
    await market.connect(tenant).deposit(token, FREE);
    await openLease(world, { amount: usd(1) });
    await startExisting(world, [1n]);
    await advance(REPORT_PERIOD);
    const until = now() + MINUTE;
    await market.connect(tenant).setDelegate(token, stranger, CAP, until);
    await advance(MINUTE);
    await report(world);
    await openBy(world, AMOUNT);
    await market.connect(stranger).topUpFromBalance(2n, 1n);
    await advance(1n);
    const delegate = market.connect(stranger);
    const args = [offerId, owner, RATE, AMOUNT, MANIFEST, tenant] as const;
    const permit = { deadline: 0n, v: 27n, r: id("r"), s: id("s") };
    const openings = [
      () => delegate.open(...args),
      () => delegate.openFromBalance(...args),
      () => delegate.openWithPermit(...args, permit),
      () => openUnder(world, quoteOf(world), { caller: stranger, tenant }),
    ];
    for (const late of openings) {
      await expect(late())
        .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
        .withArgs(tenant, token, stranger, until);
    }
    const topUps = [
      [2n, () => delegate.topUpFromBalance(2n, 1n)],
      [1n, () => delegate.topUpFromBalance(1n, REVIVAL)],
      [1n, () => delegate.topUp(1n, REVIVAL)],
    ] as const;
    for (const [leaseId, late] of topUps) {
      await expect(late())
        .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
        .withArgs(leaseId, stranger);
    }
  });
});

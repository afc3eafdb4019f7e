// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { MAX_BALANCE, costOf, owed, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Status, statusSet } from "../helpers/enums.ts";
import {
  AMOUNT,
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
import { DAY, advance, now } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import { RATE, REPORT_PERIOD, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const REVIVAL = costOf(RATE, REPORT_PERIOD);
const OPEN_TO_TOP_UP = statusSet("Pending", "Active", "Paused", "Depleted");

async function untouched(world: World, leaseId: bigint): Promise<unknown[]> {
  const { status, settledClock, remainder, inMinimum, startBy, clockNow } = await summaryOf(world, leaseId);
  return [status, settledClock, remainder, inMinimum, startBy, clockNow];
}

describe("topUp", () => {
  it("lets anybody add money from his wallet, and changes a balance alone", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, stranger } = world;
    const leaseId = await startLease(world);
    await advance(100n);
    const before = await untouched(world, leaseId);
    const topUp = market.connect(stranger).topUp(leaseId, usd(3));
    await expect(topUp)
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, stranger, usd(3), AMOUNT + usd(3), 3n);
    for (const event of ["LeaseSettled", "LeasePaused"]) await expect(topUp).not.to.emit(market, event);
    await expect(topUp).to.changeTokenBalances(ethers, token, [stranger, market], [-usd(3), usd(3)]);
    expect(await untouched(world, leaseId)).to.deep.equal(before);
    expect((await summaryOf(world, leaseId)).accrued).to.equal(owed(RATE, 100n));
  });

  it("adds to pending and paused leases, which stay what they are", async () => {
    const world = await loadWorld();
    for (const leaseId of [await openLease(world), await pausedLease(world)]) {
      const before = await untouched(world, leaseId);
      await world.market.connect(world.stranger).topUp(leaseId, 1n);
      expect(await untouched(world, leaseId)).to.deep.equal(before);
      expect((await summaryOf(world, leaseId)).balance).to.equal(AMOUNT + 1n);
    }
  });

  it("moves the depletion point on, never back", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    const [before] = await world.market.depletionOf(leaseId);
    await world.market.connect(world.stranger).topUp(leaseId, usd(1));
    const [after] = await world.market.depletionOf(leaseId);
    expect([before, after]).to.deep.equal([36_000n, 39_600n]);
  });

  it("works on an active lease while the provider is silent", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD + 1n);
    await world.market.connect(world.stranger).topUp(leaseId, 1n);
    expect((await summaryOf(world, leaseId)).balance).to.equal(AMOUNT + 1n);
  });

  it("refuses money that does not arrive", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await expect(world.market.connect(world.tenant).topUp(leaseId, 0n))
      .to.be.revertedWithCustomError(world.market, "EscrowNothingArrived")
      .withArgs(world.usd);
  });

  it("fills a lease to the largest balance, and refuses one unit more until it settles", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, operator } = world;
    const token = await deploySecondToken(world);
    await token.connect(tenant).mint(tenant, 2n ** 97n);
    const offerId = await createOffer(market, owner, termsOf(token, { collateral: 0n, minPeriod: 0n }));
    const leaseId = await openLease(world, { offerId });
    await market.connect(operator).start(0n, [leaseId]);
    await market.connect(tenant).topUp(leaseId, MAX_BALANCE - AMOUNT);
    await advance(100n);
    await expect(market.connect(tenant).topUp(leaseId, 1n))
      .to.be.revertedWithCustomError(market, "LeaseBalanceTooLarge")
      .withArgs(leaseId, MAX_BALANCE + 1n, MAX_BALANCE);
    await market.connect(tenant).settle([leaseId]);
    await market.connect(tenant).topUp(leaseId, 1n);
    expect((await summaryOf(world, leaseId)).balance).to.equal(MAX_BALANCE - owed(RATE, 100n) + 1n);
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
      await expect(market.connect(tenant).topUp(leaseId, 1n))
        .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
        .withArgs(leaseId, status, OPEN_TO_TOP_UP);
    }
    await expect(market.connect(tenant).topUp(99n, 1n))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
  });
});

describe("topUp of a depleted lease", () => {
  it("settles it first, then leaves it paused with the new money alone", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await depletedLease(world);
    const revival = market.connect(tenant).topUp(leaseId, REVIVAL);
    await expect(revival)
      .to.emit(market, "LeasePaused")
      .withArgs(leaseId, owner, usd(1), 0n, REPORT_PERIOD, 3n);
    await expect(revival)
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, tenant, REVIVAL, REVIVAL, 4n);
    const summary = await summaryOf(world, leaseId);
    expect([summary.status, summary.balance, summary.remainder]).to.deep.equal([Status.Paused, REVIVAL, 0n]);
    expect([summary.settledClock, summary.inMinimum]).to.deep.equal([REPORT_PERIOD, false]);
    expect(await freeOf(world, owner)).to.equal(usd(1));
  });

  it("bills nothing until the provider resumes, and nothing for the time between", async () => {
    const world = await loadWorld();
    const { market, operator, tenant } = world;
    const leaseId = await depletedLease(world);
    await report(world);
    await advance(600n);
    await market.connect(tenant).topUp(leaseId, REVIVAL);
    await advance(600n);
    await market.connect(operator).resume(0n, leaseId);
    expect((await summaryOf(world, leaseId)).settledClock).to.equal(REPORT_PERIOD + 1_200n);
    await market.connect(tenant).close(leaseId);
    expect(await freeOf(world, tenant)).to.equal(REVIVAL);
  });

  it("needs exactly one report period's money where that is longer than the minimum", async () => {
    const world = await loadWorld();
    const leaseId = await depletedLease(world);
    await expect(world.market.connect(world.tenant).topUp(leaseId, REVIVAL - 1n))
      .to.be.revertedWithCustomError(world.market, "LeaseAmountTooSmall")
      .withArgs(leaseId, REVIVAL - 1n, REVIVAL);
    await world.market.connect(world.tenant).topUp(leaseId, REVIVAL);
  });

  it("needs exactly the minimum's money where that is longer than the report period", async () => {
    const world = await loadWorld();
    const { market, owner, operator, tenant } = world;
    const offerId = await createOffer(market, owner, termsOf(world.usd, { minPeriod: DAY }));
    const minimum = costOf(RATE, DAY);
    const leaseId = await startLease(world, { offerId, amount: minimum });
    for (let hour = 0; hour < 25; hour += 1) {
      await advance(REPORT_PERIOD);
      await market.connect(operator).report(owner, 0n, ethers.ZeroHash, "", []);
    }
    expect(await market.statusOf(leaseId)).to.equal(Status.Depleted);
    await expect(market.connect(tenant).topUp(leaseId, minimum - 1n))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(leaseId, minimum - 1n, minimum);
    await market.connect(tenant).topUp(leaseId, minimum);
  });

  it("is the same after somebody has settled the lease", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await depletedLease(world);
    await market.connect(world.stranger).settle([leaseId]);
    await expect(market.connect(tenant).topUp(leaseId, REVIVAL))
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, tenant, REVIVAL, REVIVAL, 4n);
    expect(await market.statusOf(leaseId)).to.equal(Status.Paused);
  });

  it("is refused to everybody but the tenant and his delegate", async () => {
    const world = await loadWorld();
    const leaseId = await depletedLease(world);
    for (const caller of [world.stranger, world.owner]) {
      await expect(world.market.connect(caller).topUp(leaseId, usd(5)))
        .to.be.revertedWithCustomError(world.market, "LeaseCallerNotTenant")
        .withArgs(leaseId, caller);
    }
  });

  it("is the delegate's right as well, out of his own wallet", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, stranger } = world;
    const leaseId = await depletedLease(world);
    await market.connect(tenant).setDelegate(token, stranger, 0n, now());
    const revival = market.connect(stranger).topUp(leaseId, REVIVAL);
    await expect(revival)
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, stranger, REVIVAL, REVIVAL, 4n);
    await expect(revival).to.changeTokenBalances(ethers, token, [stranger, market], [-REVIVAL, REVIVAL]);
  });

  it("is refused while the provider is silent, until he reports", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await depletedLease(world);
    const { lastReportAt } = await market.providerOf(owner);
    await advance(1n);
    await expect(market.connect(tenant).topUp(leaseId, usd(5)))
      .to.be.revertedWithCustomError(market, "ProviderSilent")
      .withArgs(owner, lastReportAt, REPORT_PERIOD);
    await report(world);
    await market.connect(tenant).topUp(leaseId, usd(5));
  });
});

describe("topUpFromBalance", () => {
  it("spends the tenant's free balance, without a transfer", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant } = world;
    const leaseId = await startLease(world);
    await market.connect(tenant).deposit(token, usd(5));
    const topUp = market.connect(tenant).topUpFromBalance(leaseId, usd(2));
    await expect(topUp)
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, ZeroAddress, usd(2), AMOUNT + usd(2), 3n);
    await expect(topUp).to.changeTokenBalances(ethers, token, [tenant, market], [0n, 0n]);
    expect(await freeOf(world, tenant)).to.equal(usd(3));
  });

  it("revives a depleted lease for its tenant, for the same money", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant } = world;
    const leaseId = await depletedLease(world);
    await market.connect(tenant).deposit(token, usd(5));
    await expect(market.connect(tenant).topUpFromBalance(leaseId, REVIVAL - 1n))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(leaseId, REVIVAL - 1n, REVIVAL);
    await expect(market.connect(tenant).topUpFromBalance(leaseId, REVIVAL))
      .to.emit(market, "LeaseToppedUp")
      .withArgs(leaseId, owner, ZeroAddress, REVIVAL, REVIVAL, 4n);
    expect(await market.statusOf(leaseId)).to.equal(Status.Paused);
    expect(await freeOf(world, tenant)).to.equal(usd(5) - REVIVAL);
  });

  it("revives nothing while the provider is silent", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant } = world;
    const leaseId = await depletedLease(world);
    await market.connect(tenant).deposit(token, usd(5));
    const { lastReportAt } = await market.providerOf(owner);
    await advance(1n);
    await expect(market.connect(tenant).topUpFromBalance(leaseId, usd(5)))
      .to.be.revertedWithCustomError(market, "ProviderSilent")
      .withArgs(owner, lastReportAt, REPORT_PERIOD);
  });

  it("refuses nothing at all, more than the free balance, and lapsed, closed and unknown leases", async () => {
    const world = await loadWorld();
    const { market, usd: token, tenant } = world;
    const active = await startLease(world);
    const closed = await endedByProvider(world);
    await market.connect(tenant).deposit(token, usd(5));
    const free = await freeOf(world, tenant);
    for (const [leaseId, amount, error, args] of [
      [active, 0n, "LeaseAmountTooSmall", [active, 0n, 1n]],
      [active, free + 1n, "EscrowBalanceInsufficient", [token, tenant, free + 1n, free]],
      [closed, 1n, "LeaseStatusUnexpected", [closed, Status.Closed, OPEN_TO_TOP_UP]],
      [99n, 1n, "LeaseUnknown", [99n]],
    ] as const) {
      await expect(market.connect(tenant).topUpFromBalance(leaseId, amount))
        .to.be.revertedWithCustomError(market, error)
        .withArgs(...args);
    }
    await lapse();
    await expect(market.connect(tenant).topUpFromBalance(active, 1n))
      .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
      .withArgs(active, Status.Lapsed, OPEN_TO_TOP_UP);
  });

  it("refuses everybody but the tenant and his delegate, before it looks at the status", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, stranger } = world;
    const leases = [await startLease(world), await endedByProvider(world), await depletedLease(world)];
    for (const caller of [owner, stranger]) {
      await market.connect(caller).deposit(token, usd(5));
      for (const leaseId of leases) {
        await expect(market.connect(caller).topUpFromBalance(leaseId, usd(2)))
          .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
          .withArgs(leaseId, caller);
      }
    }
  });
});

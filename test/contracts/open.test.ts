// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MAX_BALANCE, MAX_RATE, costOf, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Reason, Status } from "../helpers/enums.ts";
import { AMOUNT, MANIFEST, openLease, report, summaryOf } from "../helpers/leases.ts";
import { plain } from "../helpers/plain.ts";
import { advance, now } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import {
  COLLATERAL,
  MIN_PERIOD,
  RATE,
  REPORT_PERIOD,
  STAKE,
  START_PERIOD,
  createOffer,
  loadWorld,
  termsOf,
} from "../helpers/world.ts";

describe("open", () => {
  it("pulls the money, locks the collateral, takes a place and counts the event", async () => {
    const { market, usd: token, owner, tenant, offerId } = await loadWorld();
    const opening = market.connect(tenant).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant);
    await expect(opening)
      .to.emit(market, "LeaseOpened")
      .withArgs(
        ...[1n, owner, tenant, offerId, RATE, AMOUNT, COLLATERAL, now() + START_PERIOD, MANIFEST],
        ...[tenant, 1n],
      );
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, market], [-AMOUNT, AMOUNT]);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
    expect((await market.offerOf(offerId)).taken).to.equal(1n);
    expect((await market.providerOf(owner)).sequence).to.equal(1n);
  });

  it("leaves a pending lease that nothing has touched", async () => {
    const world = await loadWorld();
    const leaseId = await openLease(world);
    await advance(100n);
    expect(plain(await summaryOf(world, leaseId))).to.deep.equal({
      status: Status.Pending,
      reason: Reason.None,
      tenant: world.tenant.address,
      provider: world.owner.address,
      offerId: world.offerId,
      token: await world.usd.getAddress(),
      milliRatePerSecond: RATE,
      balance: AMOUNT,
      accrued: 0n,
      refundable: AMOUNT,
      remainder: 0n,
      settledClock: 0n,
      clockNow: 100n,
      depletionClock: 36_000n,
      startBy: now() - 100n + START_PERIOD,
      closedAt: 0n,
      collateral: COLLATERAL,
      inMinimum: false,
      startLate: false,
      silent: false,
      disputed: false,
    });
  });

  it("answers the lease's number, counting from 1", async () => {
    const { market, owner, tenant, offerId } = await loadWorld();
    const args = [offerId, owner, RATE, AMOUNT, MANIFEST, tenant] as const;
    expect(await market.connect(tenant).open.staticCall(...args)).to.equal(1n);
    await market.connect(tenant).open(...args);
    expect(await market.connect(tenant).open.staticCall(...args)).to.equal(2n);
    expect(await market.leaseCount()).to.equal(1n);
  });

  it("leaves the tenant's free balance alone", async () => {
    const world = await loadWorld();
    await world.market.connect(world.tenant).deposit(world.usd, usd(50));
    await openLease(world);
    expect(await world.market.balanceOf(world.usd, world.tenant)).to.equal(usd(50));
  });

  it("fills the last place, and refuses the next lease", async () => {
    const { market, usd: token, owner, tenant } = await loadWorld();
    const offerId = await createOffer(market, owner, termsOf(token), 1n);
    const args = [offerId, owner, RATE, AMOUNT, MANIFEST, tenant] as const;
    await market.connect(tenant).open(...args);
    await expect(market.connect(tenant).open(...args))
      .to.be.revertedWithCustomError(market, "OfferFull")
      .withArgs(offerId, 1n, 1n);
  });

  it("takes exactly the money of the minimum, and refuses one unit less", async () => {
    const { market, owner, tenant, offerId } = await loadWorld();
    const minimum = costOf(RATE, MIN_PERIOD);
    await expect(market.connect(tenant).open(offerId, owner, RATE, minimum - 1n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, minimum - 1n, minimum);
    await market.connect(tenant).open(offerId, owner, RATE, minimum, MANIFEST, tenant);
    expect((await market.leaseSummary(1n)).depletionClock).to.equal(MIN_PERIOD + 1n);
  });

  it("takes one base unit where the offer has no minimum, and refuses none", async () => {
    const { market, usd: token, owner, tenant } = await loadWorld();
    const offerId = await createOffer(market, owner, termsOf(token, { minPeriod: 0n }));
    await expect(market.connect(tenant).open(offerId, owner, RATE, 0n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "EscrowNothingArrived")
      .withArgs(token);
    await market.connect(tenant).open(offerId, owner, RATE, 1n, MANIFEST, tenant);
    expect((await market.leaseSummary(1n)).balance).to.equal(1n);
  });

  it("refuses a caller who is neither the tenant nor his delegate", async () => {
    const { market, usd: token, owner, tenant, stranger, offerId } = await loadWorld();
    await expect(market.connect(stranger).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
      .withArgs(tenant, token, stranger, 0n);
  });

  it("refuses an offer that was not given out", async () => {
    const { market, owner, tenant } = await loadWorld();
    for (const unknown of [0n, 99n, 2n ** 32n + 1n]) {
      await expect(market.connect(tenant).open(unknown, owner, RATE, AMOUNT, MANIFEST, tenant))
        .to.be.revertedWithCustomError(market, "OfferUnknown")
        .withArgs(unknown);
    }
  });

  it("refuses an offer that takes no new leases", async () => {
    const { market, owner, tenant, offerId } = await loadWorld();
    await market.connect(owner).closeOffer(0n, offerId);
    await expect(market.connect(tenant).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "OfferNotOpen")
      .withArgs(offerId);
  });

  it("refuses an offer of another provider than the tenant meant", async () => {
    const { market, owner, rival, tenant, rivalOfferId } = await loadWorld();
    await expect(market.connect(tenant).open(rivalOfferId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "OfferProviderMismatch")
      .withArgs(rivalOfferId, rival, owner);
  });

  it("refuses a rate above the caller's limit, and takes one at it", async () => {
    const { market, owner, tenant, offerId } = await loadWorld();
    await expect(market.connect(tenant).open(offerId, owner, RATE - 1n, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "OfferRateAboveLimit")
      .withArgs(offerId, RATE, RATE - 1n);
    await expect(market.connect(tenant).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant)).to.emit(
      market,
      "LeaseOpened",
    );
  });

  it("takes a lease in the provider's last second before silence, and refuses one in the next", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, offerId } = world;
    const lastReportAt = now();
    await advance(REPORT_PERIOD);
    await openLease(world);
    await advance(1n);
    await expect(market.connect(tenant).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "ProviderSilent")
      .withArgs(owner, lastReportAt, REPORT_PERIOD);
    await report(world);
    await openLease(world);
  });

  it("locks the last unit of stake, and refuses a lease beyond it", async () => {
    const { market, usd: token, owner, tenant } = await loadWorld();
    const offerId = await createOffer(market, owner, termsOf(token, { collateral: STAKE }));
    const args = [offerId, owner, RATE, AMOUNT, MANIFEST, tenant] as const;
    await market.connect(tenant).open(...args);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, STAKE]);
    await expect(market.connect(tenant).open(...args))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, token, STAKE, 0n);
  });

  it("locks stake of the offer's currency alone", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const other = await deploySecondToken(world);
    const offerId = await createOffer(market, owner, termsOf(other));
    await expect(market.connect(tenant).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, other, COLLATERAL, 0n);
  });

  it("needs no stake where the offer has no collateral", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const other = await deploySecondToken(world);
    const offerId = await createOffer(market, owner, termsOf(other, { collateral: 0n }));
    const leaseId = await openLease(world, { offerId });
    expect(await market.statusOf(leaseId)).to.equal(Status.Pending);
    expect(await market.stakeOf(other, owner)).to.deep.equal([0n, 0n]);
  });

  it("holds the largest balance, and refuses one unit more", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const other = await deploySecondToken(world);
    await other.connect(tenant).mint(tenant, 2n ** 97n);
    const offerId = await createOffer(market, owner, termsOf(other, { collateral: 0n }));
    await expect(market.connect(tenant).open(offerId, owner, RATE, MAX_BALANCE + 1n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseBalanceTooLarge")
      .withArgs(0n, MAX_BALANCE + 1n, MAX_BALANCE);
    const leaseId = await openLease(world, { offerId, amount: MAX_BALANCE });
    expect((await summaryOf(world, leaseId)).balance).to.equal(MAX_BALANCE);
  });

  it("needs the minimum even at the highest rate and the longest period", async () => {
    const { market, usd: token, owner, tenant } = await loadWorld();
    const terms = termsOf(token, { milliRatePerSecond: MAX_RATE, minPeriod: 86_400n });
    const offerId = await createOffer(market, owner, terms);
    await expect(market.connect(tenant).open(offerId, owner, MAX_RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, AMOUNT, costOf(MAX_RATE, 86_400n));
  });

  it("refuses more than the tenant's wallet and allowance give", async () => {
    const { market, usd: token, owner, tenant, offerId } = await loadWorld();
    await token.connect(tenant).approve(market, AMOUNT - 1n);
    await expect(market.connect(tenant).open(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, AMOUNT - 1n, AMOUNT);
  });
});

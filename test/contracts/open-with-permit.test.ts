// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { MAX_BALANCE, costOf } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Reason, Status } from "../helpers/enums.ts";
import { AMOUNT, MANIFEST, freeOf, summaryOf } from "../helpers/leases.ts";
import { openPermitted, signPermit } from "../helpers/permits.ts";
import { plain } from "../helpers/plain.ts";
import { HOUR, advance, now } from "../helpers/time.ts";
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
import type { World } from "../helpers/world.ts";

/** Nobody has allowed the market anything. */
async function loadWithoutAllowance(): Promise<World> {
  const world = await loadWorld();
  for (const actor of [world.tenant, world.stranger]) {
    await world.usd.connect(actor).approve(world.market, 0n);
  }
  return world;
}

describe("openWithPermit", () => {
  it("pulls the money by the permit alone, locks the collateral, takes a place and counts the event", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, owner, tenant, offerId } = world;
    const opening = openPermitted(world, await signPermit(world));
    await expect(opening)
      .to.emit(market, "LeaseOpened")
      .withArgs(
        ...[1n, owner, tenant, offerId, RATE, AMOUNT, COLLATERAL, now() + START_PERIOD, MANIFEST],
        ...[tenant, 1n],
      );
    await expect(opening).to.emit(token, "Approval").withArgs(tenant, market, AMOUNT);
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, market], [-AMOUNT, AMOUNT]);
    expect([await token.nonces(tenant), await token.allowance(tenant, market)]).to.deep.equal([1n, 0n]);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
    expect((await market.offerOf(offerId)).taken).to.equal(1n);
    expect((await market.providerOf(owner)).sequence).to.equal(1n);
    expect(await freeOf(world, tenant)).to.equal(0n);
  });

  it("leaves a pending lease that nothing has touched, and answers its number", async () => {
    const world = await loadWithoutAllowance();
    const { market, owner, tenant, offerId } = world;
    const permit = await signPermit(world);
    const args = [offerId, owner, RATE, AMOUNT, MANIFEST, tenant, permit] as const;
    expect(await market.connect(tenant).openWithPermit.staticCall(...args)).to.equal(1n);
    await openPermitted(world, permit);
    expect(plain(await summaryOf(world, 1n))).to.deep.equal({
      status: Status.Pending,
      reason: Reason.None,
      tenant: tenant.address,
      provider: owner.address,
      offerId,
      token: await world.usd.getAddress(),
      milliRatePerSecond: RATE,
      balance: AMOUNT,
      accrued: 0n,
      refundable: AMOUNT,
      remainder: 0n,
      settledClock: 0n,
      clockNow: 0n,
      depletionClock: 36_000n,
      startBy: now() + START_PERIOD,
      closedAt: 0n,
      collateral: COLLATERAL,
      inMinimum: false,
      startLate: false,
      silent: false,
      disputed: false,
    });
  });

  it("puts the permit in the place of a larger allowance", async () => {
    const world = await loadWorld();
    const { market, usd: token, tenant } = world;
    await openPermitted(world, await signPermit(world));
    expect(await token.allowance(tenant, market)).to.equal(0n);
  });

  it("takes exactly the minimum, and refuses one unit less and nothing at all, the permit unused", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, tenant } = world;
    const minimum = costOf(RATE, MIN_PERIOD);
    const short = await signPermit(world, { value: minimum - 1n });
    await expect(openPermitted(world, short, { amount: minimum - 1n }))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, minimum - 1n, minimum);
    await expect(openPermitted(world, await signPermit(world, { value: 0n }), { amount: 0n }))
      .to.be.revertedWithCustomError(market, "EscrowNothingArrived")
      .withArgs(token);
    expect(await token.nonces(tenant)).to.equal(0n);
    await openPermitted(world, await signPermit(world, { value: minimum }), { amount: minimum });
    expect(await token.nonces(tenant)).to.equal(1n);
  });

  it("is not held up by somebody who used the permit before", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, tenant, stranger } = world;
    const permit = await signPermit(world);
    const { deadline, v, r, s } = permit;
    await token.connect(stranger).permit(tenant, market, AMOUNT, deadline, v, r, s);
    await expect(openPermitted(world, permit)).to.changeTokenBalances(
      ethers,
      token,
      [tenant, market],
      [-AMOUNT, AMOUNT],
    );
    expect(await token.allowance(tenant, market)).to.equal(0n);
  });

  it("opens one lease by one permit: used again, it finds no allowance", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token } = world;
    const permit = await signPermit(world);
    await openPermitted(world, permit);
    await expect(openPermitted(world, permit))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, 0n, AMOUNT);
  });

  it("takes a permit in its last second, and falls back on the allowance in the next", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, tenant } = world;
    const permit = await signPermit(world, { deadline: now() });
    await openPermitted(world, permit);
    const late = await signPermit(world, { deadline: now() });
    await advance(1n);
    await expect(openPermitted(world, late))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, 0n, AMOUNT);
    await token.connect(tenant).approve(market, AMOUNT);
    await openPermitted(world, late);
    expect(await market.leaseCount()).to.equal(2n);
  });

  it("falls back on the allowance where the permit is bad, and without one is refused by the token", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, tenant, stranger } = world;
    const good = await signPermit(world);
    const bad = [
      await signPermit(world, { signer: stranger }),
      await signPermit(world, { value: AMOUNT + 1n }),
      await signPermit(world, { owner: stranger }),
      { ...good, v: 0n },
      { ...good, deadline: MaxUint256 },
    ];
    for (const permit of bad) {
      await expect(openPermitted(world, permit))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(market, 0n, AMOUNT);
    }
    await token.connect(tenant).approve(market, AMOUNT * BigInt(bad.length));
    for (const permit of bad) await openPermitted(world, permit);
    expect([await token.nonces(tenant), await token.allowance(tenant, market)]).to.deep.equal([0n, 0n]);
  });

  it("refuses a permit for less than the amount", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, tenant, stranger } = world;
    const less = await signPermit(world, { value: AMOUNT - 1n });
    await expect(openPermitted(world, less))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, 0n, AMOUNT);
    const { deadline, v, r, s } = less;
    await token.connect(stranger).permit(tenant, market, AMOUNT - 1n, deadline, v, r, s);
    await expect(openPermitted(world, less))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, AMOUNT - 1n, AMOUNT);
  });

  it("takes the caller's permit and the caller's money, where a delegate opens for his principal", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, tenant, stranger } = world;
    await market.connect(tenant).setDelegate(token, stranger, 1n, now());
    const byTenant = await signPermit(world);
    await expect(openPermitted(world, byTenant, { caller: stranger, tenant }))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, 0n, AMOUNT);
    const permit = await signPermit(world, { owner: stranger });
    const opening = openPermitted(world, permit, { caller: stranger, tenant });
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, stranger], [0n, -AMOUNT]);
    await expect(opening).not.to.emit(market, "DelegateSpent");
    expect((await summaryOf(world, 1n)).tenant).to.equal(tenant.address);
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal([1n, now()]);
  });

  it("refuses a caller who is neither the tenant nor his delegate, the permit unused", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, tenant, stranger } = world;
    const permit = await signPermit(world, { owner: stranger });
    await expect(openPermitted(world, permit, { caller: stranger, tenant }))
      .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
      .withArgs(tenant, token, stranger, 0n);
    expect(await token.nonces(stranger)).to.equal(0n);
  });

  it("refuses a mismatch, a full offer, a closed one, a high rate, and a number not given out", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, owner, rival, offerId, unjudgedOfferId, rivalOfferId } = world;
    const full = await createOffer(market, owner, termsOf(token), 0n);
    await market.connect(owner).closeOffer(0n, unjudgedOfferId);
    const permit = await signPermit(world);
    for (const [options, error, args] of [
      [{ offerId: 99n }, "OfferUnknown", [99n]],
      [{ offerId: rivalOfferId }, "OfferProviderMismatch", [rivalOfferId, rival, owner]],
      [{ offerId: unjudgedOfferId }, "OfferNotOpen", [unjudgedOfferId]],
      [{ offerId: full }, "OfferFull", [full, 0n, 0n]],
      [{ maxMilliRate: RATE - 1n }, "OfferRateAboveLimit", [offerId, RATE, RATE - 1n]],
    ] as const) {
      await expect(openPermitted(world, permit, options))
        .to.be.revertedWithCustomError(market, error)
        .withArgs(...args);
    }
    await openPermitted(world, permit);
  });

  it("refuses a silent provider, one without stake, and a balance larger than a lease holds", async () => {
    const world = await loadWithoutAllowance();
    const { market, usd: token, owner, tenant } = world;
    await token.mint(tenant, 2n ** 97n);
    const dear = await createOffer(market, owner, termsOf(token, { collateral: STAKE + 1n }));
    await expect(openPermitted(world, await signPermit(world), { offerId: dear }))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, token, STAKE + 1n, STAKE);
    const amount = MAX_BALANCE + 1n;
    await expect(openPermitted(world, await signPermit(world, { value: amount }), { amount }))
      .to.be.revertedWithCustomError(market, "LeaseBalanceTooLarge")
      .withArgs(0n, amount, MAX_BALANCE);
    const lastReportAt = now();
    const permit = await signPermit(world, { deadline: now() + 2n * HOUR });
    await advance(REPORT_PERIOD + 1n);
    await expect(openPermitted(world, permit))
      .to.be.revertedWithCustomError(market, "ProviderSilent")
      .withArgs(owner, lastReportAt, REPORT_PERIOD);
  });
});

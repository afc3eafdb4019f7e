// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { MAX_BALANCE, costOf, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { AMOUNT, MANIFEST } from "../helpers/leases.ts";
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
import type { World } from "../helpers/world.ts";

async function loadDeposited(): Promise<World> {
  const world = await loadWorld();
  await world.market.connect(world.tenant).deposit(world.usd, usd(50));
  return world;
}

describe("openFromBalance", () => {
  it("moves free balance into the lease, without a transfer", async () => {
    const { market, usd: token, owner, tenant, offerId } = await loadDeposited();
    const opening = market.connect(tenant).openFromBalance(offerId, owner, RATE, AMOUNT, MANIFEST, tenant);
    await expect(opening)
      .to.emit(market, "LeaseOpened")
      .withArgs(
        ...[1n, owner, tenant, offerId, RATE, AMOUNT, COLLATERAL, now() + START_PERIOD, MANIFEST],
        ...[ZeroAddress, 1n],
      );
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, market], [0n, 0n]);
    expect(await market.balanceOf(token, tenant)).to.equal(usd(50) - AMOUNT);
    expect((await market.leaseSummary(1n)).balance).to.equal(AMOUNT);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
  });

  it("spends the last unit, and refuses one more", async () => {
    const { market, usd: token, owner, tenant, offerId } = await loadDeposited();
    const opener = market.connect(tenant);
    await expect(opener.openFromBalance(offerId, owner, RATE, usd(50) + 1n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, tenant, usd(50) + 1n, usd(50));
    await opener.openFromBalance(offerId, owner, RATE, usd(50), MANIFEST, tenant);
    expect(await market.balanceOf(token, tenant)).to.equal(0n);
  });

  it("refuses to spend another account's balance", async () => {
    const { market, usd: token, owner, tenant, stranger, offerId } = await loadDeposited();
    await expect(market.connect(stranger).openFromBalance(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
      .withArgs(tenant, token, stranger, 0n);
    await expect(market.connect(stranger).openFromBalance(offerId, owner, RATE, AMOUNT, MANIFEST, stranger))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, stranger, AMOUNT, 0n);
  });

  it("refuses less than the minimum, and nothing at all", async () => {
    const { market, usd: token, owner, tenant, offerId } = await loadDeposited();
    const minimum = costOf(RATE, MIN_PERIOD);
    const free = await createOffer(market, owner, termsOf(token, { minPeriod: 0n }));
    const opener = market.connect(tenant);
    await expect(opener.openFromBalance(offerId, owner, RATE, minimum - 1n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, minimum - 1n, minimum);
    await expect(opener.openFromBalance(free, owner, RATE, 0n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, 0n, 1n);
  });

  it("refuses a mismatch, a full offer, a closed one, a high rate, and a number not given out", async () => {
    const {
      market,
      usd: token,
      owner,
      rival,
      tenant,
      offerId,
      unjudgedOfferId,
      rivalOfferId,
    } = await loadDeposited();
    const full = await createOffer(market, owner, termsOf(token), 0n);
    await market.connect(owner).closeOffer(0n, unjudgedOfferId);
    for (const [id, limit, error, args] of [
      [99n, RATE, "OfferUnknown", [99n]],
      [rivalOfferId, RATE, "OfferProviderMismatch", [rivalOfferId, rival, owner]],
      [unjudgedOfferId, RATE, "OfferNotOpen", [unjudgedOfferId]],
      [full, RATE, "OfferFull", [full, 0n, 0n]],
      [offerId, RATE - 1n, "OfferRateAboveLimit", [offerId, RATE, RATE - 1n]],
    ] as const) {
      await expect(market.connect(tenant).openFromBalance(id, owner, limit, AMOUNT, MANIFEST, tenant))
        .to.be.revertedWithCustomError(market, error)
        .withArgs(...args);
    }
  });

  it("refuses a silent provider", async () => {
    const { market, owner, tenant, offerId } = await loadDeposited();
    const lastReportAt = now();
    await advance(REPORT_PERIOD + 1n);
    await expect(market.connect(tenant).openFromBalance(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "ProviderSilent")
      .withArgs(owner, lastReportAt, REPORT_PERIOD);
  });

  it("refuses a provider without stake, and a balance larger than a lease holds", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const other = await deploySecondToken(world);
    await other.connect(tenant).mint(tenant, 2n ** 97n);
    await market.connect(tenant).deposit(other, 2n ** 97n);
    const backed = await createOffer(market, owner, termsOf(other));
    const unbacked = await createOffer(market, owner, termsOf(other, { collateral: 0n }));
    await expect(market.connect(tenant).openFromBalance(backed, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, other, COLLATERAL, 0n);
    await expect(
      market.connect(tenant).openFromBalance(unbacked, owner, RATE, MAX_BALANCE + 1n, MANIFEST, tenant),
    )
      .to.be.revertedWithCustomError(market, "LeaseBalanceTooLarge")
      .withArgs(0n, MAX_BALANCE + 1n, MAX_BALANCE);
  });
});

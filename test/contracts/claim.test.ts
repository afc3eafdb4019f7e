// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { owed, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { AMOUNT, openLease, pausedLease, startLease, summaryOf } from "../helpers/leases.ts";
import { advance } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import { RATE, STAKE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";

const EARNED = owed(RATE, 1_000n);

describe("claim", () => {
  it("settles the leases and pays the whole free balance out", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, payee } = world;
    const ids = [await startLease(world), await startLease(world)];
    await market.connect(owner).deposit(token, usd(3));
    await advance(1_000n);
    const total = usd(3) + 2n * EARNED;
    expect(await market.connect(owner).claim.staticCall(token, ids, payee)).to.equal(total);
    const claim = market.connect(owner).claim(token, ids, payee);
    for (const leaseId of ids) {
      await expect(claim)
        .to.emit(market, "LeaseSettled")
        .withArgs(leaseId, owner, EARNED, AMOUNT - EARNED, 1_000n);
    }
    await expect(claim).to.emit(market, "Withdrawn").withArgs(token, owner, payee, total, 0n);
    await expect(claim).to.changeTokenBalances(ethers, token, [market, payee], [-total, total]);
    expect(await market.balanceOf(token, owner)).to.equal(0n);
  });

  it("never pays out stake", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, payee } = world;
    await market.connect(owner).claim(token, [], payee);
    expect(await token.balanceOf(payee)).to.equal(0n);
    expect((await market.stakeOf(token, owner)).staked).to.equal(STAKE);
  });

  it("sends nothing, and says nothing, where there is nothing to send", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, payee } = world;
    const ids = [await openLease(world), await pausedLease(world), 0n, 99n];
    expect(await market.connect(owner).claim.staticCall(token, ids, payee)).to.equal(0n);
    await expect(market.connect(owner).claim(token, ids, payee)).not.to.emit(market, "Withdrawn");
  });

  it("skips leases of another provider, in another currency, duplicates and unknown ones", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, rival, operator, rivalOperator, rivalOfferId, payee } = world;
    const other = await deploySecondToken(world);
    const offerId = await createOffer(market, owner, termsOf(other, { collateral: 0n }));
    const foreign = await openLease(world, { offerId: rivalOfferId });
    await market.connect(rivalOperator).start(0n, [foreign]);
    const otherCurrency = await openLease(world, { offerId });
    await market.connect(operator).start(0n, [otherCurrency]);
    const mine = await startLease(world);
    await advance(1_000n);
    const claim = market.connect(owner).claim(token, [foreign, otherCurrency, mine, mine, 99n], payee);
    await expect(claim).to.changeTokenBalance(ethers, token, payee, EARNED);
    expect(await market.balanceOf(token, rival)).to.equal(0n);
    expect(await market.balanceOf(other, owner)).to.equal(0n);
    expect((await summaryOf(world, foreign)).settledClock).to.equal(0n);
    expect((await summaryOf(world, otherCurrency)).settledClock).to.equal(0n);
  });

  it("gives the operator none of the provider's earnings", async () => {
    const world = await loadWorld();
    const { market, usd: token, operator } = world;
    const leaseId = await startLease(world);
    await advance(1_000n);
    await market.connect(operator).claim(token, [leaseId], operator);
    expect(await token.balanceOf(operator)).to.equal(0n);
    expect((await summaryOf(world, leaseId)).settledClock).to.equal(0n);
  });

  it("refuses to pay nobody and to pay the market, even when there is nothing to send", async () => {
    const { market, usd: token, owner } = await loadWorld();
    for (const recipient of [ZeroAddress, await market.getAddress()]) {
      await expect(market.connect(owner).claim(token, [], recipient))
        .to.be.revertedWithCustomError(market, "EscrowRecipientInvalid")
        .withArgs(recipient);
    }
  });

  it("takes 128 ids, and refuses 129", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, payee } = world;
    const leaseId = await startLease(world);
    await advance(1_000n);
    const ids = Array.from({ length: 128 }, (_, index) => (index === 127 ? leaseId : 99n));
    await expect(market.connect(owner).claim(token, [...ids, 99n], payee))
      .to.be.revertedWithCustomError(market, "LeaseListTooLong")
      .withArgs(129n, 128n);
    await market.connect(owner).claim(token, ids, payee);
    expect(await token.balanceOf(payee)).to.equal(EARNED);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { MAX_RATE, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { AMOUNT, MANIFEST, openLease } from "../helpers/leases.ts";
import { COLLATERAL, STAKE, loadWorld } from "../helpers/world.ts";

describe("stake", () => {
  it("adds what arrived to the caller's stake", async () => {
    const { market, usd: token, owner } = await loadWorld();
    const stake = market.connect(owner).stake(token, usd(7));
    await expect(stake)
      .to.emit(market, "StakeDeposited")
      .withArgs(owner, token, usd(7), STAKE + usd(7), 0n);
    await expect(stake).to.changeTokenBalances(ethers, token, [owner, market], [-usd(7), usd(7)]);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE + usd(7), 0n]);
  });

  it("tells how much of the stake is locked", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner } = world;
    await openLease(world);
    await expect(market.connect(owner).stake(token, 1n))
      .to.emit(market, "StakeDeposited")
      .withArgs(owner, token, 1n, STAKE + 1n, COLLATERAL);
  });

  it("keeps the stakes of different tokens apart", async () => {
    const { market, deployer, owner } = await loadWorld();
    const other = await ethers.deployContract("MockUSD", deployer);
    expect(await market.stakeOf(other, owner)).to.deep.equal([0n, 0n]);
  });

  it("refuses accounts that are not registered, the operator included", async () => {
    const { market, usd: token, operator, stranger } = await loadWorld();
    for (const caller of [operator, stranger]) {
      await expect(market.connect(caller).stake(token, 1n))
        .to.be.revertedWithCustomError(market, "ProviderUnknown")
        .withArgs(caller);
    }
  });

  it("refuses a stake that brings nothing in", async () => {
    const { market, usd: token, owner } = await loadWorld();
    await expect(market.connect(owner).stake(token, 0n))
      .to.be.revertedWithCustomError(market, "EscrowNothingArrived")
      .withArgs(token);
  });

  it("refuses more than a ledger entry can hold", async () => {
    const { market, deployer, owner } = await loadWorld();
    const huge = await ethers.deployContract("MockUSD", deployer);
    await huge.connect(owner).mint(owner, 2n ** 128n);
    await huge.connect(owner).approve(market, 2n ** 128n);
    await expect(market.connect(owner).stake(huge, 2n ** 128n))
      .to.be.revertedWithCustomError(market, "StakeTooLarge")
      .withArgs(owner, 2n ** 128n, 2n ** 128n - 1n);
    await market.connect(owner).stake(huge, 2n ** 128n - 1n);
    expect(await market.stakeOf(huge, owner)).to.deep.equal([2n ** 128n - 1n, 0n]);
  });
});

describe("withdrawStake", () => {
  it("pays out unlocked stake at any time", async () => {
    const { market, usd: token, owner, payee } = await loadWorld();
    const withdrawal = market.connect(owner).withdrawStake(token, usd(400), payee);
    await expect(withdrawal)
      .to.emit(market, "StakeWithdrawn")
      .withArgs(owner, token, payee, usd(400), usd(600), 0n);
    await expect(withdrawal).to.changeTokenBalances(ethers, token, [market, payee], [-usd(400), usd(400)]);
    expect(await market.stakeOf(token, owner)).to.deep.equal([usd(600), 0n]);
  });

  it("leaves exactly the locked part, and no unit less", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner } = world;
    await openLease(world);
    const free = STAKE - COLLATERAL;
    await expect(market.connect(owner).withdrawStake(token, free + 1n, owner))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, token, free + 1n, free);
    await expect(market.connect(owner).withdrawStake(token, free, owner))
      .to.emit(market, "StakeWithdrawn")
      .withArgs(owner, token, owner, free, COLLATERAL, COLLATERAL);
  });

  it("keeps the withdrawn part from standing behind a new lease", async () => {
    const { market, usd: token, owner, tenant, offerId } = await loadWorld();
    await market.connect(owner).withdrawStake(token, STAKE - COLLATERAL + 1n, owner);
    await expect(market.connect(tenant).open(offerId, owner, MAX_RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(owner, token, COLLATERAL, COLLATERAL - 1n);
  });

  it("refuses the operator and everybody else: their own stake is 0", async () => {
    const { market, usd: token, operator, stranger } = await loadWorld();
    for (const caller of [operator, stranger]) {
      await expect(market.connect(caller).withdrawStake(token, 1n, caller))
        .to.be.revertedWithCustomError(market, "StakeInsufficient")
        .withArgs(caller, token, 1n, 0n);
    }
  });

  it("refuses to pay nobody and to pay the market itself", async () => {
    const { market, usd: token, owner } = await loadWorld();
    for (const recipient of [ZeroAddress, await market.getAddress()]) {
      await expect(market.connect(owner).withdrawStake(token, 1n, recipient))
        .to.be.revertedWithCustomError(market, "EscrowRecipientInvalid")
        .withArgs(recipient);
    }
  });
});

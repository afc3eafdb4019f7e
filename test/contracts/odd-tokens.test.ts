// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { Interface } from "ethers";
import type { BaseContract } from "ethers";
import { MAX_BALANCE, owed } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Cause, Status } from "../helpers/enums.ts";
import { MANIFEST, openLease, startExisting, summaryOf } from "../helpers/leases.ts";
import { advance } from "../helpers/time.ts";
import { fund } from "../helpers/tokens.ts";
import { COLLATERAL, RATE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const GROSS = 10_000_000n;
const FUNDS = 10n ** 12n;

/** What an answer of 128 KiB costs the token that makes it, which is asked for its balance twice and moved once. */
const ANSWER_GAS = 45_000n;

/** More than a deposit costs besides, and less than three copies of such an answer. */
const DEPOSIT_GAS = 100_000n;

async function offerIn(world: World, token: BaseContract, milliRatePerSecond: bigint): Promise<bigint> {
  const terms = termsOf(await token.getAddress(), { milliRatePerSecond, minPeriod: 0n });
  return createOffer(world.market, world.owner, terms);
}

/** Everybody takes all that he has in the market out of it; what is left is nobody's. */
async function drain(world: World, token: BaseContract, stake: bigint): Promise<void> {
  const { market, owner, tenant, payee } = world;
  const address = await token.getAddress();
  await market.connect(owner).claim(address, [], payee);
  await market.connect(owner).withdrawStake(address, stake, payee);
  await market.connect(tenant).withdraw(address, await market.balanceOf(address, tenant), payee);
}

describe("a token of any number of decimals", () => {
  for (const [decimals, rate, amount] of [
    [0n, 1n, 5n],
    [24n, 2n ** 74n - 1n, 3n * 10n ** 24n],
    [77n, 2n ** 74n - 1n, MAX_BALANCE],
  ] as const) {
    it(`is counted in base units where it has ${decimals} decimals`, async () => {
      const world = await loadWorld();
      const { market, owner, operator, tenant, payee } = world;
      const token = await ethers.deployContract("DecimalsToken", [decimals], world.deployer);
      await fund(world, token, 2n ** 100n);
      expect(await token.decimals()).to.equal(decimals);
      await market.connect(owner).stake(token, COLLATERAL);
      const leaseId = await openLease(world, { offerId: await offerIn(world, token, rate), amount });
      await startExisting(world, [leaseId]);
      await advance(1_999n);
      await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
      const due = owed(rate, 1_999n);
      expect(await market.balanceOf(token, owner)).to.equal(due);
      expect(await market.balanceOf(token, tenant)).to.equal(amount - due);
      await market.connect(tenant).releaseCollateral([leaseId]);
      await drain(world, token, COLLATERAL);
      expect(await token.balanceOf(payee)).to.equal(amount + COLLATERAL);
      expect(await token.balanceOf(market)).to.equal(0n);
    });
  }

  it("cannot fill a lease with a whole one where it has more decimals than a balance has digits", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const token = await ethers.deployContract("DecimalsToken", [29n], world.deployer);
    const whole = 10n ** 29n;
    await fund(world, token, whole);
    const offerId = await offerIn(world, token, RATE);
    await market.connect(owner).stake(token, COLLATERAL);
    await expect(market.connect(tenant).open(offerId, owner, RATE, whole, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseBalanceTooLarge")
      .withArgs(0n, whole, MAX_BALANCE);
    await market.connect(tenant).deposit(token, whole);
    expect(await market.balanceOf(token, tenant)).to.equal(whole);
  });
});

describe("a token that begins to answer false", () => {
  it("is refused by whatever moves it, and nothing is credited or taken", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, payee } = world;
    const token = await ethers.deployContract("BareToken", world.deployer);
    await fund(world, token);
    await market.connect(owner).stake(token, GROSS);
    const offerId = await offerIn(world, token, RATE);
    const leaseId = await openLease(world, { offerId, amount: GROSS });
    await startExisting(world, [leaseId]);
    await advance(1_000n);
    await market.connect(owner).settle([leaseId]);
    await token.connect(tenant).lie();
    const before = await market.leaseSummary(leaseId);
    const refusal = { interface: new Interface(["error SafeERC20FailedOperation(address token)"]) };
    const moves = [
      () => market.connect(tenant).deposit(token, 1n),
      () => market.connect(tenant).open(offerId, owner, RATE, GROSS, MANIFEST, tenant),
      () => market.connect(tenant).topUp(leaseId, 1n),
      () => market.connect(owner).stake(token, 1n),
      () => market.connect(owner).withdrawStake(token, 1n, payee),
      () => market.connect(owner).claim(token, [leaseId], payee),
      () => market.connect(owner).withdraw(token, 1n, payee),
    ];
    for (const move of moves) {
      await expect(move()).to.be.revertedWithCustomError(refusal, "SafeERC20FailedOperation").withArgs(token);
    }
    expect(await market.leaseSummary(leaseId)).to.deep.equal(before);
    expect(await market.balanceOf(token, owner)).to.equal(owed(RATE, 1_000n));
    expect(await market.stakeOf(token, owner)).to.deep.equal([GROSS, COLLATERAL]);
    expect(await market.leaseCount()).to.equal(1n);
  });
});

describe("a token that can be paused", () => {
  it("stops what comes in and goes out, and no lease: each is settled, topped up, opened and closed", async () => {
    const world = await loadWorld();
    const { market, owner, operator, tenant, payee } = world;
    const token = await ethers.deployContract("PausableToken", world.deployer);
    await fund(world, token);
    await market.connect(owner).stake(token, GROSS);
    await market.connect(tenant).deposit(token, GROSS);
    const offerId = await offerIn(world, token, RATE);
    const leaseId = await openLease(world, { offerId, amount: GROSS });
    await startExisting(world, [leaseId]);
    await token.connect(tenant).pause();
    const moves = [
      () => market.connect(tenant).deposit(token, 1n),
      () => market.connect(tenant).open(offerId, owner, RATE, GROSS, MANIFEST, tenant),
      () => market.connect(tenant).topUp(leaseId, 1n),
      () => market.connect(tenant).withdraw(token, 1n, payee),
      () => market.connect(owner).stake(token, 1n),
      () => market.connect(owner).withdrawStake(token, 1n, payee),
    ];
    for (const move of moves) {
      await expect(move()).to.be.revertedWithCustomError(token, "EnforcedPause").withArgs();
    }
    await advance(1_000n);
    await market.connect(owner).settle([leaseId]);
    await market.connect(operator).pause(0n, leaseId);
    await market.connect(operator).resume(0n, leaseId);
    await market.connect(tenant).topUpFromBalance(leaseId, 1n);
    await market.connect(tenant).openFromBalance(offerId, owner, RATE, GROSS - 1n, MANIFEST, tenant);
    await startExisting(world, [2n]);
    await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
    await market.connect(tenant).close(2n);
    await market.connect(tenant).releaseCollateral([leaseId]);
    expect(await market.statusOf(leaseId)).to.equal(Status.Closed);
    expect(await market.stakeOf(token, owner)).to.deep.equal([GROSS, 0n]);
    await token.connect(tenant).unpause();
    await drain(world, token, GROSS);
    expect(await token.balanceOf(payee)).to.equal(3n * GROSS);
    expect(await token.balanceOf(market)).to.equal(0n);
  });
});

describe("a token whose answers are bombs", () => {
  it("moves in and out as any other, and no answer is copied", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, payee } = world;
    const token = await ethers.deployContract("BombToken", [true], world.deployer);
    await fund(world, token);
    const deposit = await (await market.connect(tenant).deposit(token, GROSS)).wait();
    expect(deposit?.gasUsed).to.be.within(3n * ANSWER_GAS, 3n * ANSWER_GAS + DEPOSIT_GAS);
    await market.connect(owner).stake(token, GROSS);
    const leaseId = await openLease(world, { offerId: await offerIn(world, token, RATE), amount: GROSS });
    await startExisting(world, [leaseId]);
    await advance(1_000n);
    await market.connect(tenant).close(leaseId);
    await drain(world, token, GROSS);
    expect((await summaryOf(world, leaseId)).status).to.equal(Status.Closed);
    expect(await token.balanceOf(payee)).to.equal(3n * GROSS);
    expect(await token.balanceOf(tenant)).to.equal(FUNDS - 2n * GROSS);
  });
});

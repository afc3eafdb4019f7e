// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { BaseContract } from "ethers";
import { MAX_RATE, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Cause, Status } from "../helpers/enums.ts";
import { MANIFEST, lapse, openLease, startExisting, summaryOf } from "../helpers/leases.ts";
import { advance } from "../helpers/time.ts";
import { fund } from "../helpers/tokens.ts";
import { COLLATERAL, RATE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const GROSS = usd(10);
const NET = (GROSS * 99n) / 100n;

async function deployToken<Token extends BaseContract>(
  world: World,
  deploy: () => Promise<Token>,
): Promise<Token> {
  const token = await deploy();
  await fund(world, token);
  return token;
}

async function offerIn(world: World, token: BaseContract, collateral: bigint = COLLATERAL): Promise<bigint> {
  return createOffer(world.market, world.owner, termsOf(await token.getAddress(), { collateral }));
}

describe("a token that takes a fee on the way", () => {
  it("credits what arrived: deposit, stake, open and topUp", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const token = await deployToken(world, () => ethers.deployContract("FeeToken", world.deployer));
    expect(await market.connect(tenant).deposit.staticCall(token, GROSS)).to.equal(NET);
    await expect(market.connect(tenant).deposit(token, GROSS))
      .to.emit(market, "Deposited")
      .withArgs(token, tenant, NET, NET);
    await expect(market.connect(owner).stake(token, GROSS))
      .to.emit(market, "StakeDeposited")
      .withArgs(owner, token, NET, NET, 0n);
    const leaseId = await openLease(world, { offerId: await offerIn(world, token), amount: GROSS });
    await market.connect(tenant).topUp(leaseId, GROSS);
    expect((await summaryOf(world, leaseId)).balance).to.equal(2n * NET);
    expect(await token.balanceOf(market)).to.equal(4n * NET);
  });

  it("pays out all that it owes, to the last unit", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, operator, payee } = world;
    const token = await deployToken(world, () => ethers.deployContract("FeeToken", world.deployer));
    const leaseId = await openLease(world, { offerId: await offerIn(world, token, 0n), amount: GROSS });
    await startExisting(world, [leaseId]);
    await advance(1_000n);
    await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
    await market.connect(owner).claim(token, [], payee);
    await market.connect(tenant).withdraw(token, await market.balanceOf(token, tenant), payee);
    expect(await token.balanceOf(market)).to.equal(0n);
  });

  it("measures the minimum by what arrived", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const token = await deployToken(world, () => ethers.deployContract("FeeToken", world.deployer));
    const offerId = await offerIn(world, token, 0n);
    await expect(market.connect(tenant).open(offerId, owner, MAX_RATE, 166_667n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, 165_001n, 166_667n);
  });
});

describe("a token that answers nothing", () => {
  it("moves in and out as any other", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, payee } = world;
    const token = await deployToken(world, () => ethers.deployContract("BareToken", world.deployer));
    await market.connect(owner).stake(token, GROSS);
    const leaseId = await openLease(world, { offerId: await offerIn(world, token), amount: GROSS });
    await startExisting(world, [leaseId]);
    await advance(1_000n);
    await market.connect(tenant).close(leaseId);
    await market.connect(owner).claim(token, [], payee);
    await market.connect(owner).withdrawStake(token, GROSS, payee);
    await market.connect(tenant).withdraw(token, await market.balanceOf(token, tenant), payee);
    expect(await token.balanceOf(payee)).to.equal(2n * GROSS);
    expect(await token.balanceOf(market)).to.equal(0n);
  });

  it("is refused when it answers false, going in and going out", async () => {
    const world = await loadWorld();
    const { market, tenant, payee } = world;
    const token = await deployToken(world, () => ethers.deployContract("BareToken", world.deployer));
    await market.connect(tenant).deposit(token, GROSS);
    await token.connect(tenant).lie();
    const safe = new ethers.Interface(["error SafeERC20FailedOperation(address token)"]);
    const refusal = { interface: safe };
    await expect(market.connect(tenant).deposit(token, GROSS))
      .to.be.revertedWithCustomError(refusal, "SafeERC20FailedOperation")
      .withArgs(token);
    await expect(market.connect(tenant).withdraw(token, 1n, payee))
      .to.be.revertedWithCustomError(refusal, "SafeERC20FailedOperation")
      .withArgs(token);
    expect(await market.balanceOf(token, tenant)).to.equal(GROSS);
  });
});

describe("a token that bans an account", () => {
  it("blocks nobody else's exit: the lease closes, and the other side is paid", async () => {
    for (const banned of ["tenant", "owner"] as const) {
      const world = await loadWorld();
      const { market, owner, tenant, operator, payee } = world;
      const token = await deployToken(world, () => ethers.deployContract("BlockingToken", world.deployer));
      await market.connect(owner).stake(token, GROSS);
      const leaseId = await openLease(world, { offerId: await offerIn(world, token), amount: GROSS });
      await startExisting(world, [leaseId]);
      await advance(1_000n);
      await token.connect(tenant).ban(world[banned]);
      await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
      expect(await market.statusOf(leaseId)).to.equal(Status.Closed);
      const other = banned === "tenant" ? owner : tenant;
      const amount = await market.balanceOf(token, other);
      await market.connect(other).withdraw(token, amount, payee);
      expect(await token.balanceOf(payee)).to.equal(amount);
    }
  });

  it("lets the banned account be paid at another address", async () => {
    const world = await loadWorld();
    const { market, tenant, payee } = world;
    const token = await deployToken(world, () => ethers.deployContract("BlockingToken", world.deployer));
    await market.connect(tenant).deposit(token, GROSS);
    await token.connect(tenant).ban(tenant);
    await market.connect(tenant).withdraw(token, GROSS, payee);
    expect(await token.balanceOf(payee)).to.equal(GROSS);
  });

  it("does not keep a banned provider's stake from its tenant's lapsed lease", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, payee } = world;
    const token = await deployToken(world, () => ethers.deployContract("BlockingToken", world.deployer));
    await market.connect(owner).stake(token, GROSS);
    const leaseId = await openLease(world, { offerId: await offerIn(world, token), amount: GROSS });
    await startExisting(world, [leaseId]);
    await token.connect(tenant).ban(owner);
    await lapse();
    await market.connect(tenant).close(leaseId);
    const due = (RATE * 3_600n) / 1_000n;
    await market.connect(tenant).withdraw(token, GROSS - due + COLLATERAL, payee);
    expect(await market.stakeOf(token, owner)).to.deep.equal([GROSS - COLLATERAL, 0n]);
  });
});

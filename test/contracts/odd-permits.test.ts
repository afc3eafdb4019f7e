// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { Interface, ZeroHash } from "ethers";
import type { BaseContract } from "ethers";
import { ethers } from "../helpers/chain.ts";
import { AMOUNT, MANIFEST } from "../helpers/leases.ts";
import { openPermitted, signPermit } from "../helpers/permits.ts";
import { fund } from "../helpers/tokens.ts";
import { RATE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const NO_PERMIT = { deadline: 0n, v: 27n, r: ZeroHash, s: ZeroHash };

/** What a mebibyte of memory costs its maker; whoever copied it would pay as much again. */
const BOMB_GAS = 2_200_000n;
const OPENING_GAS = 900_000n;

/** The most that one transaction may have (EIP-7825). */
const MOST_GAS = 2n ** 24n;

async function offerIn(world: World, token: BaseContract): Promise<bigint> {
  await fund(world, token);
  return createOffer(world.market, world.owner, termsOf(await token.getAddress(), { collateral: 0n }));
}

async function revoke(world: World, token: BaseContract): Promise<void> {
  const { interface: abi } = world.usd;
  const data = abi.encodeFunctionData("approve", [await world.market.getAddress(), 0n]);
  await world.tenant.sendTransaction({ to: await token.getAddress(), data });
}

describe("openWithPermit of an odd token", () => {
  it("falls back on the allowance where the token knows no permits", async () => {
    const world = await loadWorld();
    const token = await ethers.deployContract("BlockingToken", world.deployer);
    const offerId = await offerIn(world, token);
    const opening = openPermitted(world, NO_PERMIT, { offerId });
    const { market, tenant } = world;
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, market], [-AMOUNT, AMOUNT]);
    expect(await market.leaseCount()).to.equal(1n);
    await revoke(world, token);
    await expect(openPermitted(world, NO_PERMIT, { offerId }))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(world.market, 0n, AMOUNT);
  });

  for (const [manner, refuses] of [
    ["answers", false],
    ["refuses", true],
  ] as const) {
    it(`is not blown up by a permit that ${manner} with a mebibyte of data`, async () => {
      const world = await loadWorld();
      const token = await ethers.deployContract("BombToken", [refuses], world.deployer);
      const offerId = await offerIn(world, token);
      const gasLimit = BOMB_GAS + OPENING_GAS;
      await openPermitted(world, NO_PERMIT, { offerId, gasLimit });
      expect((await world.market.leaseSummary(1n)).balance).to.equal(AMOUNT);
      await revoke(world, token);
      await expect(openPermitted(world, NO_PERMIT, { offerId, gasLimit }))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(world.market, 0n, AMOUNT);
    });
  }

  it("opens on the 64th part of the gas that a burning permit leaves, or changes nothing", async () => {
    const world = await loadWorld();
    const { market, tenant } = world;
    const token = await ethers.deployContract("BurningToken", world.deployer);
    const offerId = await offerIn(world, token);
    await expect(openPermitted(world, NO_PERMIT, { offerId, gasLimit: 2_000_000n })).to.revert(ethers);
    expect([await market.leaseCount(), (await market.offerOf(offerId)).taken]).to.deep.equal([0n, 0n]);
    const opening = openPermitted(world, NO_PERMIT, { offerId, gasLimit: MOST_GAS });
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, market], [-AMOUNT, AMOUNT]);
    await market.connect(tenant).open(offerId, world.owner, RATE, AMOUNT, MANIFEST, tenant);
    expect(await market.leaseCount()).to.equal(2n);
  });

  it("serves a wallet without a key that signs, by the allowance that it gave", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, offerId } = world;
    const wallet = await ethers.deployContract("ContractWallet", tenant);
    const address = await wallet.getAddress();
    await token.mint(address, AMOUNT);
    const permit = await signPermit(world);
    const open = market.interface.encodeFunctionData("openWithPermit", [
      offerId,
      owner.address,
      RATE,
      AMOUNT,
      MANIFEST,
      address,
      permit,
    ]);
    await expect(wallet.execute(market, open))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, 0n, AMOUNT);
    await wallet.execute(
      token,
      token.interface.encodeFunctionData("approve", [await market.getAddress(), AMOUNT]),
    );
    await expect(wallet.execute(market, open)).to.changeTokenBalances(
      ethers,
      token,
      [wallet, market],
      [-AMOUNT, AMOUNT],
    );
    expect((await market.leaseSummary(1n)).tenant).to.equal(address);
    const close = market.interface.encodeFunctionData("closeByProvider", [0n, [1n], 0n]);
    await world.operator.sendTransaction({ to: await market.getAddress(), data: close });
    const withdraw = market.interface.encodeFunctionData("withdraw", [
      await token.getAddress(),
      AMOUNT,
      tenant.address,
    ]);
    await wallet.execute(market, withdraw);
    expect(await market.balanceOf(token, address)).to.equal(0n);
  });

  it("refuses a token that answers false, whatever its permit", async () => {
    const world = await loadWorld();
    const token = await ethers.deployContract("BareToken", world.deployer);
    const offerId = await offerIn(world, token);
    await openPermitted(world, NO_PERMIT, { offerId });
    await token.connect(world.tenant).lie();
    const refusal = { interface: new Interface(["error SafeERC20FailedOperation(address token)"]) };
    await expect(openPermitted(world, NO_PERMIT, { offerId }))
      .to.be.revertedWithCustomError(refusal, "SafeERC20FailedOperation")
      .withArgs(token);
  });
});

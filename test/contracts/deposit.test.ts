// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { loadWorld } from "../helpers/world.ts";

describe("deposit", () => {
  it("moves tokens from the caller's wallet into his free balance", async () => {
    const { market, usd: token, tenant } = await loadWorld();
    const deposit = market.connect(tenant).deposit(token, usd(100));
    await expect(deposit).to.emit(market, "Deposited").withArgs(token, tenant, usd(100), usd(100));
    await expect(deposit).to.changeTokenBalances(ethers, token, [tenant, market], [-usd(100), usd(100)]);
    expect(await market.balanceOf(token, tenant)).to.equal(usd(100));
  });

  it("adds up over several deposits and tells the new total", async () => {
    const { market, usd: token, tenant } = await loadWorld();
    await market.connect(tenant).deposit(token, 1n);
    await expect(market.connect(tenant).deposit(token, 2n))
      .to.emit(market, "Deposited")
      .withArgs(token, tenant, 2n, 3n);
  });

  it("answers what arrived", async () => {
    const { market, usd: token, tenant } = await loadWorld();
    expect(await market.connect(tenant).deposit.staticCall(token, 7n)).to.equal(7n);
  });

  it("leaves every other account and token alone", async () => {
    const { market, usd: token, deployer, tenant, otherTenant } = await loadWorld();
    const other = await ethers.deployContract("MockUSD", deployer);
    await market.connect(tenant).deposit(token, usd(1));
    expect(await market.balanceOf(token, otherTenant)).to.equal(0n);
    expect(await market.balanceOf(other, tenant)).to.equal(0n);
  });

  it("refuses a deposit that brings nothing in", async () => {
    const { market, usd: token, tenant } = await loadWorld();
    await expect(market.connect(tenant).deposit(token, 0n))
      .to.be.revertedWithCustomError(market, "EscrowNothingArrived")
      .withArgs(token);
  });

  it("refuses more than the allowance", async () => {
    const { market, usd: token, tenant } = await loadWorld();
    await token.connect(tenant).approve(market, 9n);
    await expect(market.connect(tenant).deposit(token, 10n))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, 9n, 10n);
  });

  it("refuses more than the wallet holds", async () => {
    const { market, usd: token, tenant } = await loadWorld();
    await expect(market.connect(tenant).deposit(token, usd(1_000_001)))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
      .withArgs(tenant, usd(1_000_000), usd(1_000_001));
  });

  it("refuses an address that holds no token", async () => {
    const { market, tenant, stranger } = await loadWorld();
    await expect(market.connect(tenant).deposit(stranger, 1n)).to.be.revertedWithoutReason(ethers);
  });

  it("does not credit tokens that were sent without a deposit", async () => {
    const { market, usd: token, tenant, stranger } = await loadWorld();
    await token.connect(stranger).transfer(market, usd(50));
    await market.connect(tenant).deposit(token, usd(1));
    expect(await market.balanceOf(token, tenant)).to.equal(usd(1));
    expect(await market.balanceOf(token, stranger)).to.equal(0n);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

async function loadDeposited(): Promise<World> {
  const world = await loadWorld();
  await world.market.connect(world.tenant).deposit(world.usd, usd(100));
  return world;
}

describe("withdraw", () => {
  it("pays out of the caller's free balance to whom he names", async () => {
    const { market, usd: token, tenant, payee } = await loadDeposited();
    const withdrawal = market.connect(tenant).withdraw(token, usd(30), payee);
    await expect(withdrawal).to.emit(market, "Withdrawn").withArgs(token, tenant, payee, usd(30), usd(70));
    await expect(withdrawal).to.changeTokenBalances(ethers, token, [market, payee], [-usd(30), usd(30)]);
    expect(await market.balanceOf(token, tenant)).to.equal(usd(70));
  });

  it("pays out the last unit, and nothing twice", async () => {
    const { market, usd: token, tenant, payee } = await loadDeposited();
    await market.connect(tenant).withdraw(token, usd(100), payee);
    await expect(market.connect(tenant).withdraw(token, 1n, payee))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, tenant, 1n, 0n);
  });

  it("refuses one unit more than the free balance", async () => {
    const { market, usd: token, tenant, payee } = await loadDeposited();
    await expect(market.connect(tenant).withdraw(token, usd(100) + 1n, payee))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, tenant, usd(100) + 1n, usd(100));
  });

  it("refuses to pay nobody and to pay the market itself", async () => {
    const { market, usd: token, tenant } = await loadDeposited();
    for (const recipient of [ZeroAddress, await market.getAddress()]) {
      await expect(market.connect(tenant).withdraw(token, 1n, recipient))
        .to.be.revertedWithCustomError(market, "EscrowRecipientInvalid")
        .withArgs(recipient);
    }
  });

  it("never reaches another account's money", async () => {
    const { market, usd: token, stranger } = await loadDeposited();
    await expect(market.connect(stranger).withdraw(token, 1n, stranger))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, stranger, 1n, 0n);
  });

  it("never reaches a stake", async () => {
    const { market, usd: token, owner } = await loadDeposited();
    await expect(market.connect(owner).withdraw(token, 1n, owner))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, owner, 1n, 0n);
  });
});

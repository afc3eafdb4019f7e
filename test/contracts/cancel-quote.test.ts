// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroHash, id, toBeHex } from "ethers";
import { ethers } from "../helpers/chain.ts";
import { openLease, startLease } from "../helpers/leases.ts";
import { SALT, openUnder, quoteOf, signQuote } from "../helpers/quotes.ts";
import { advance } from "../helpers/time.ts";
import { REPORT_PERIOD, loadWorld } from "../helpers/world.ts";

describe("cancelQuote", () => {
  it("spends the salt for owner and operator, tells it, and counts nothing", async () => {
    const { market, owner, operator } = await loadWorld();
    for (const [caller, salt] of [
      [owner, id("by the owner")],
      [operator, id("by the operator")],
    ] as const) {
      await expect(market.connect(caller).cancelQuote(owner, 0n, salt))
        .to.emit(market, "QuoteCancelled")
        .withArgs(owner, salt);
      expect(await market.isQuoteSpent(owner, salt)).to.equal(true);
    }
    expect((await market.providerOf(owner)).sequence).to.equal(0n);
  });

  it("keeps the quote from opening a lease and from amending one", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await startLease(world);
    await market.connect(owner).cancelQuote(owner, 0n, SALT);
    await expect(openUnder(world, quoteOf(world)))
      .to.be.revertedWithCustomError(market, "QuoteSpent")
      .withArgs(owner, SALT);
    const quote = quoteOf(world, { leaseId });
    await expect(market.connect(tenant).amend(leaseId, quote, await signQuote(world, quote)))
      .to.be.revertedWithCustomError(market, "QuoteSpent")
      .withArgs(owner, SALT);
  });

  it("works for a salt that nobody has signed yet, and for the salts of zeros and ones", async () => {
    const { market, owner } = await loadWorld();
    for (const salt of [ZeroHash, toBeHex(2n ** 256n - 1n, 32), id("never signed")]) {
      await market.connect(owner).cancelQuote(owner, 0n, salt);
      expect(await market.isQuoteSpent(owner, salt)).to.equal(true);
    }
    expect(await market.isQuoteSpent(owner, id("another"))).to.equal(false);
  });

  it("refuses what was cancelled or used before", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    await market.connect(owner).cancelQuote(owner, 0n, id("cancelled"));
    await openUnder(world, quoteOf(world));
    for (const salt of [id("cancelled"), SALT]) {
      for (const caller of [owner, operator]) {
        await expect(market.connect(caller).cancelQuote(owner, 0n, salt))
          .to.be.revertedWithCustomError(market, "QuoteSpent")
          .withArgs(owner, salt);
      }
    }
  });

  it("refuses an older instance, the owner's included, and one that is yet to come", async () => {
    const { market, owner, operator } = await loadWorld();
    await market.connect(operator).claimInstance(owner, 0n);
    for (const caller of [owner, operator]) {
      for (const instance of [0n, 2n, 2n ** 32n + 1n]) {
        await expect(market.connect(caller).cancelQuote(owner, instance, SALT))
          .to.be.revertedWithCustomError(market, "ProviderInstanceStale")
          .withArgs(owner, instance, 1n);
      }
    }
    await market.connect(operator).cancelQuote(owner, 1n, SALT);
  });

  it("refuses strangers, tenants, rivals and earlier operators", async () => {
    const { market, owner, operator, rival, rivalOperator, stranger, tenant } = await loadWorld();
    await market.connect(owner).setOperator(rivalOperator);
    for (const caller of [operator, rival, stranger, tenant]) {
      await expect(market.connect(caller).cancelQuote(owner, 1n, SALT))
        .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
        .withArgs(owner, caller);
    }
    await market.connect(rivalOperator).cancelQuote(owner, 1n, SALT);
  });

  it("refuses a provider who is not registered", async () => {
    const { market, stranger } = await loadWorld();
    await expect(market.connect(stranger).cancelQuote(stranger, 0n, SALT))
      .to.be.revertedWithCustomError(market, "ProviderUnknown")
      .withArgs(stranger);
  });

  it("works while the provider is silent, and touches no lease and no money", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, operator } = world;
    const leaseId = await openLease(world);
    await advance(REPORT_PERIOD + 1n);
    const before = await market.leaseSummary(leaseId);
    const cancelling = market.connect(operator).cancelQuote(owner, 0n, SALT);
    await expect(cancelling).to.changeTokenBalances(ethers, token, [owner, operator, market], [0n, 0n, 0n]);
    expect(await market.leaseSummary(leaseId)).to.deep.equal(before);
  });
});

describe("isQuoteSpent", () => {
  it("is told for each provider on his own, and turns when a quote acts", async () => {
    const world = await loadWorld();
    const { market, owner, rival } = world;
    expect(await market.isQuoteSpent(owner, SALT)).to.equal(false);
    await openUnder(world, quoteOf(world));
    expect(await market.isQuoteSpent(owner, SALT)).to.equal(true);
    expect(await market.isQuoteSpent(rival, SALT)).to.equal(false);
  });
});

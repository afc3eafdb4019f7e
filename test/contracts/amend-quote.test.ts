// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MaxUint256, ZeroAddress, ZeroHash, dataSlice, id } from "ethers";
import { MAX_RATE } from "../helpers/amounts.ts";
import { endedByProvider, openLease, report, startLease, summaryOf } from "../helpers/leases.ts";
import { deploySecondMarket } from "../helpers/markets.ts";
import { SALT, amendTo, openUnder, quoteOf, signQuote, signerOf } from "../helpers/quotes.ts";
import type { Quote } from "../helpers/quotes.ts";
import { HOUR, advance, now } from "../helpers/time.ts";
import { loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

async function expectRefused(
  world: World,
  amendment: { leaseId: bigint; quote: Quote; signature?: string },
  error: string,
  args: readonly unknown[],
): Promise<void> {
  const { leaseId, quote } = amendment;
  const signature = amendment.signature ?? (await signQuote(world, quote));
  await expect(world.market.connect(world.tenant).amend(leaseId, quote, signature))
    .to.be.revertedWithCustomError(world.market, error)
    .withArgs(...args);
}

async function amend(world: World, leaseId: bigint, quote: Quote): Promise<void> {
  await world.market.connect(world.tenant).amend(leaseId, quote, await signQuote(world, quote));
}

describe("amend under a quote", () => {
  it("is the tenant's alone, before it looks at the status", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, operator, tenant, otherTenant, stranger } = world;
    await market.connect(tenant).setDelegate(token, stranger, 2n ** 128n - 1n, now() + HOUR);
    for (const leaseId of [await startLease(world), await endedByProvider(world)]) {
      const quote = quoteOf(world, { leaseId });
      const signature = await signQuote(world, quote);
      for (const caller of [owner, operator, otherTenant, stranger]) {
        await expect(market.connect(caller).amend(leaseId, quote, signature))
          .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
          .withArgs(leaseId, caller);
      }
    }
  });

  it("refuses a quote for another offer, be it of the same provider, a rival's or none", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    for (const offerId of [world.unjudgedOfferId, world.rivalOfferId, 0n, world.offerId + 2n ** 32n]) {
      const quote = quoteOf(world, { leaseId, offerId });
      await expectRefused(world, { leaseId, quote }, "QuoteOfferMismatch", [world.offerId, offerId]);
    }
  });

  it("refuses a quote for another lease, and one that opens a lease", async () => {
    const world = await loadWorld();
    const [leaseId, other] = [await startLease(world), await startLease(world)];
    for (const named of [other, 0n, leaseId + 2n ** 32n]) {
      const quote = quoteOf(world, { leaseId: named });
      await expectRefused(world, { leaseId, quote }, "QuoteLeaseMismatch", [leaseId, named]);
    }
    await amend(world, other, quoteOf(world, { leaseId: other }));
  });

  it("takes a quote that names the tenant or nobody, and refuses one that names somebody else", async () => {
    const world = await loadWorld();
    const { tenant, otherTenant } = world;
    const leaseId = await startLease(world);
    const foreign = quoteOf(world, { leaseId, tenant: otherTenant.address });
    await expectRefused(world, { leaseId, quote: foreign }, "QuoteTenantMismatch", [tenant, otherTenant]);
    for (const named of [tenant.address, ZeroAddress]) {
      await amend(world, leaseId, quoteOf(world, { leaseId, tenant: named, salt: id(named) }));
    }
  });

  it("acts in the quote's last second, and not in the next", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    const quote = quoteOf(world, { leaseId, expiresAt: now() + HOUR });
    await advance(HOUR);
    await amend(world, leaseId, quote);
    await advance(1n);
    await report(world);
    const late = { ...quote, salt: id("late") };
    await expectRefused(world, { leaseId, quote: late }, "QuoteExpired", [now(), now() - 1n]);
  });

  it("takes rates of 1 and 2^74 - 1, and refuses 0 and 2^74", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    for (const rate of [1n, MAX_RATE]) {
      await amendTo(world, leaseId, rate, id(`rate ${rate}`));
      expect((await summaryOf(world, leaseId)).milliRatePerSecond).to.equal(rate);
    }
    for (const rate of [0n, MAX_RATE + 1n, MaxUint256]) {
      const quote = quoteOf(world, { leaseId, milliRatePerSecond: rate });
      await expectRefused(world, { leaseId, quote }, "OfferRateOutOfBounds", [rate, 1n, MAX_RATE]);
    }
  });

  it("takes the operator's signature alone, of 65 bytes, of this quote", async () => {
    const world = await loadWorld();
    const { market, owner, operator, stranger } = world;
    const leaseId = await startLease(world);
    const quote = quoteOf(world, { leaseId });
    const good = await signQuote(world, quote);
    const edited = { ...quote, milliRatePerSecond: 1n };
    const malformed = dataSlice(good, 0, 64);
    for (const [terms, signature, signer] of [
      [quote, await signQuote(world, quote, stranger), stranger],
      [quote, await signQuote(world, quote, owner), owner],
      [quote, malformed, ZeroAddress],
      [edited, good, await signerOf(market, edited, good)],
    ] as const) {
      const args = [owner, signer, operator];
      await expectRefused(world, { leaseId, quote: terms, signature }, "QuoteSignerInvalid", args);
    }
    await market.connect(owner).setOperator(ZeroAddress);
    for (const [signature, signer] of [
      [good, operator],
      [malformed, ZeroAddress],
    ] as const) {
      const args = [owner, signer, ZeroAddress];
      await expectRefused(world, { leaseId, quote, signature }, "QuoteSignerInvalid", args);
    }
  });

  it("refuses a quote for the same lease of another market", async () => {
    const world = await loadWorld();
    const second = await deploySecondMarket(world);
    const quote = quoteOf(world, { leaseId: await startLease(world) });
    expect(await startLease(second)).to.equal(quote.leaseId);
    const signature = await signQuote(world, quote);
    const args = [world.owner, await signerOf(second.market, quote, signature), world.operator];
    await expectRefused(second, { leaseId: quote.leaseId, quote, signature }, "QuoteSignerInvalid", args);
    await amend(world, quote.leaseId, quote);
  });

  it("acts once, whether it amended before, opened before or was cancelled", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const leaseId = await startLease(world);
    await amendTo(world, leaseId, 1n);
    await openUnder(world, quoteOf(world, { salt: id("opened") }));
    await market.connect(owner).cancelQuote(owner, 0n, id("cancelled"));
    for (const salt of [SALT, id("opened"), id("cancelled")]) {
      expect(await market.isQuoteSpent(owner, salt)).to.equal(true);
      await expectRefused(world, { leaseId, quote: quoteOf(world, { leaseId, salt }) }, "QuoteSpent", [
        owner,
        salt,
      ]);
    }
    await expect(openUnder(world, quoteOf(world)))
      .to.be.revertedWithCustomError(market, "QuoteSpent")
      .withArgs(owner, SALT);
  });

  it("amends a lease that a quote opened, by another quote alone", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world);
    await openUnder(world, quote);
    const leaseId = await world.market.leaseCount();
    await expectRefused(world, { leaseId, quote }, "QuoteLeaseMismatch", [leaseId, 0n]);
    await amendTo(world, leaseId, 1n, id("another"));
    const rival = await openLease(world, { offerId: world.rivalOfferId });
    const terms = quoteOf(world, { leaseId: rival, offerId: world.rivalOfferId, salt: ZeroHash });
    const args = [world.rival, world.operator, world.rivalOperator];
    await expectRefused(world, { leaseId: rival, quote: terms }, "QuoteSignerInvalid", args);
  });
});

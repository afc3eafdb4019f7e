// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import type { Actor } from "../helpers/actors.ts";
import { MAX_RATE, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Cause, Reason } from "../helpers/enums.ts";
import { AMOUNT, MANIFEST, openLease, pausedLease, serve, startLease } from "../helpers/leases.ts";
import { openPermitted, signPermit } from "../helpers/permits.ts";
import { openUnder, QUOTED_RESOURCES, QUOTE_RATE, quoteOf, signQuote } from "../helpers/quotes.ts";
import { DAY, HOUR, now } from "../helpers/time.ts";
import { createOffer, loadWorld, RETENTION_PERIOD, termsOf, type World } from "../helpers/world.ts";

const NO_USAGE = {
  measuredAt: 0n,
  servedSeconds: 0n,
  cpuMillisSeconds: 0n,
  memoryMiBSeconds: 0n,
  networkRxBytes: 0n,
  networkTxBytes: 0n,
};

/** The stranger may act for the tenant, with money of his own; the tenant has allowed the market nothing. */
async function loadDelegated(): Promise<World> {
  const world = await loadWorld();
  const { market, usd: token, tenant, stranger } = world;
  await market.connect(tenant).setDelegate(token, stranger, 0n, now() + HOUR);
  await token.connect(tenant).approve(market, 0n);
  return world;
}

/** Who paid, as the newest lease's event says. */
async function payerOf({ market }: World): Promise<string | undefined> {
  return (await market.queryFilter(market.filters.LeaseOpened)).at(-1)?.args.payer;
}

describe("whose money", () => {
  it("pulls from the delegate and names him as the payer, where he brings a permit", async () => {
    const world = await loadDelegated();
    const { market, usd: token, tenant, stranger } = world;
    await token.connect(stranger).approve(market, 0n);
    const opening = openPermitted(world, await signPermit(world, { owner: stranger }), {
      caller: stranger,
      tenant,
    });
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, stranger], [0n, -AMOUNT]);
    expect(await payerOf(world)).to.equal(stranger.address);
  });

  it("pulls from the delegate and names him as the payer, where he brings a quote", async () => {
    const world = await loadDelegated();
    const { usd: token, tenant, stranger } = world;
    const opening = openUnder(world, quoteOf(world), { caller: stranger, tenant });
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, stranger], [0n, -AMOUNT]);
    expect(await payerOf(world)).to.equal(stranger.address);
  });

  it("tells the lease that the quote opened, not its offer", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    await openLease(world);
    await openLease(world);
    const quote = quoteOf(world);
    await expect(openUnder(world, quote))
      .to.emit(market, "QuoteUsed")
      .withArgs(owner, quote.salt, 3n, QUOTE_RATE, QUOTED_RESOURCES);
  });
});

describe("the number of a new lease", () => {
  it("is answered to the caller", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, offerId } = world;
    await openLease(world);
    await openLease(world);
    const own = market.connect(tenant);
    await own.deposit(token, AMOUNT);
    const terms = [offerId, owner.address, MAX_RATE, AMOUNT, MANIFEST, tenant.address] as const;
    const quote = quoteOf(world);
    const rest = [owner.address, MAX_RATE, AMOUNT, MANIFEST, tenant.address] as const;
    expect(await own.open.staticCall(...terms)).to.equal(3n);
    expect(await own.openFromBalance.staticCall(...terms)).to.equal(3n);
    expect(await own.openWithPermit.staticCall(...terms, await signPermit(world))).to.equal(3n);
    expect(await own.openWithQuote.staticCall(quote, await signQuote(world, quote), ...rest)).to.equal(3n);
  });
});

describe("a list of two", () => {
  it("is drained all the same: what is closed is skipped", async () => {
    const world = await loadWorld();
    const { market, operator, tenant } = world;
    const [ended, open] = [await startLease(world), await startLease(world)];
    await market.connect(tenant).close(ended);
    await market.connect(operator).closeByProvider(0n, [ended, open], Cause.Drain);
    expect((await market.leaseSummary(open)).reason).to.equal(Reason.ProviderClosed);
    expect((await market.leaseSummary(ended)).reason).to.equal(Reason.TenantClosed);
  });
});

describe("a lease paused for longer than its money would last", () => {
  it("is his end, not a depletion", async () => {
    const world = await loadWorld();
    const { market, operator } = world;
    const leaseId = await pausedLease(world, { amount: usd(1) });
    await serve(world, HOUR + RETENTION_PERIOD + DAY);
    await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
    expect((await market.leaseSummary(leaseId)).reason).to.equal(Reason.ProviderClosed);
  });
});

describe("an offer with collateral of one unit and nobody to judge", () => {
  it("is stored as it was made", async () => {
    const { market, usd: token, owner } = await loadWorld();
    const offerId = await createOffer(market, owner, termsOf(token, { collateral: 1n }));
    const { terms } = await market.offerOf(offerId);
    expect([terms.collateral, terms.arbitrator]).to.deep.equal([1n, ZeroAddress]);
  });
});

describe("the entries of a report", () => {
  it("takes his own leases alone, be the neighbour in the book of offers upwards or downwards", async () => {
    const world = await loadWorld();
    const { market, owner, rival, unjudgedOfferId, rivalOfferId } = world;
    expect(rivalOfferId).to.equal(unjudgedOfferId + 1n);
    const own = await openLease(world, { offerId: unjudgedOfferId });
    const foreign = await openLease(world, { offerId: rivalOfferId });
    const entry = (leaseId: bigint) => ({ ...NO_USAGE, leaseId });
    const reporting = (from: Actor, leaseIds: bigint[]) =>
      market.connect(from).report(from, 0n, ZeroHash, "", leaseIds.map(entry));
    await expect(reporting(owner, [own, own])).to.emit(market, "UsageReported");
    await expect(reporting(owner, [own, foreign]))
      .to.be.revertedWithCustomError(market, "UsageLeaseForeign")
      .withArgs(foreign, rival, owner);
    await expect(reporting(rival, [foreign, own]))
      .to.be.revertedWithCustomError(market, "UsageLeaseForeign")
      .withArgs(own, owner, rival);
  });

  it("takes a number for what it stands for: a lease's is not an offer's, nor a place in the list", async () => {
    const world = await loadWorld();
    const { market, owner, rival, offerId, rivalOfferId } = world;
    const first = await openLease(world, { offerId });
    const own = await openLease(world, { offerId: rivalOfferId });
    const namesake = await openLease(world, { offerId });
    expect([first, namesake]).to.deep.equal([1n, rivalOfferId]);
    const reporting = (leaseIds: bigint[]) =>
      market.connect(rival).report(
        rival,
        0n,
        ZeroHash,
        "",
        leaseIds.map((leaseId) => ({ ...NO_USAGE, leaseId })),
      );
    await expect(reporting([own, own])).to.emit(market, "UsageReported");
    for (const foreign of [first, namesake]) {
      await expect(reporting([own, foreign]))
        .to.be.revertedWithCustomError(market, "UsageLeaseForeign")
        .withArgs(foreign, owner, rival);
    }
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MaxUint256, ZeroHash, id } from "ethers";
import { MAX_BALANCE, MAX_RATE, costOf, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Reason, Status } from "../helpers/enums.ts";
import { AMOUNT, MANIFEST, summaryOf } from "../helpers/leases.ts";
import { plain } from "../helpers/plain.ts";
import {
  QUOTED_RESOURCES,
  QUOTE_RATE,
  SALT,
  openUnder,
  openingArguments,
  quoteOf,
  signQuote,
} from "../helpers/quotes.ts";
import type { Quote, QuotedOpening } from "../helpers/quotes.ts";
import { HOUR, advance, now } from "../helpers/time.ts";
import { deploySecondToken, fund } from "../helpers/tokens.ts";
import {
  COLLATERAL,
  MIN_PERIOD,
  RATE,
  REPORT_PERIOD,
  STAKE,
  START_PERIOD,
  createOffer,
  loadWorld,
  termsOf,
} from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

async function expectRefused(
  world: World,
  opening: { quote: Quote; options?: QuotedOpening },
  error: string,
  args: readonly unknown[],
): Promise<void> {
  await expect(openUnder(world, opening.quote, opening.options))
    .to.be.revertedWithCustomError(world.market, error)
    .withArgs(...args);
}

describe("openWithQuote", () => {
  it("opens at the quote's rate, tells lease and quote in this order, and counts one event", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, offerId } = world;
    const opening = openUnder(world, quoteOf(world));
    await expect(opening)
      .to.emit(market, "LeaseOpened")
      .withArgs(
        ...[1n, owner, tenant, offerId, QUOTE_RATE, AMOUNT, COLLATERAL, now() + START_PERIOD, MANIFEST],
        ...[tenant, 1n],
      );
    await expect(opening)
      .to.emit(market, "QuoteUsed")
      .withArgs(owner, SALT, 1n, QUOTE_RATE, QUOTED_RESOURCES);
    await expect(opening).to.changeTokenBalances(ethers, token, [tenant, market], [-AMOUNT, AMOUNT]);
    const logs = (await (await opening).wait())?.logs.map((log) => market.interface.parseLog(log)?.name);
    expect(logs).to.deep.equal([undefined, "LeaseOpened", "QuoteUsed"]);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
    expect((await market.offerOf(offerId)).taken).to.equal(1n);
    expect((await market.providerOf(owner)).sequence).to.equal(1n);
    expect(await market.isQuoteSpent(owner, SALT)).to.equal(true);
  });

  it("leaves a pending lease on the offer's terms but for the rate", async () => {
    const world = await loadWorld();
    await openUnder(world, quoteOf(world));
    expect(plain(await summaryOf(world, 1n))).to.deep.equal({
      status: Status.Pending,
      reason: Reason.None,
      tenant: world.tenant.address,
      provider: world.owner.address,
      offerId: world.offerId,
      token: await world.usd.getAddress(),
      milliRatePerSecond: QUOTE_RATE,
      balance: AMOUNT,
      accrued: 0n,
      refundable: AMOUNT,
      remainder: 0n,
      settledClock: 0n,
      clockNow: 0n,
      depletionClock: 40_000n,
      startBy: now() + START_PERIOD,
      closedAt: 0n,
      collateral: COLLATERAL,
      inMinimum: false,
      startLate: false,
      silent: false,
      disputed: false,
    });
  });

  it("answers the lease's number, and takes the offer's resources where the quote names none", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const quote = quoteOf(world, { resourcesHash: ZeroHash });
    const args = await openingArguments(world, quote);
    expect(await market.connect(tenant).openWithQuote.staticCall(...args)).to.equal(1n);
    await expect(openUnder(world, quote))
      .to.emit(market, "QuoteUsed")
      .withArgs(owner, SALT, 1n, QUOTE_RATE, ZeroHash);
  });

  it("acts in the quote's last second, and not in the next", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world, { expiresAt: now() + HOUR });
    await advance(HOUR);
    await openUnder(world, quote);
    await advance(1n);
    const late = { ...quote, salt: id("late") };
    await world.market.connect(world.operator).report(world.owner, 0n, ZeroHash, "", []);
    await expectRefused(world, { quote: late }, "QuoteExpired", [now(), now() - 1n]);
  });

  it("never expires at the largest time, and always has at 0", async () => {
    const world = await loadWorld();
    await openUnder(world, quoteOf(world, { expiresAt: MaxUint256 }));
    const quote = quoteOf(world, { expiresAt: 0n, salt: id("dead") });
    await expectRefused(world, { quote }, "QuoteExpired", [now(), 0n]);
  });

  it("serves anybody where the quote names nobody, and else the tenant it names alone", async () => {
    const world = await loadWorld();
    const { tenant, otherTenant } = world;
    await openUnder(world, quoteOf(world), { caller: otherTenant });
    const named = quoteOf(world, { tenant: tenant.address, salt: id("named") });
    await expectRefused(world, { quote: named, options: { caller: otherTenant } }, "QuoteTenantMismatch", [
      otherTenant,
      tenant,
    ]);
    await openUnder(world, named);
    expect((await summaryOf(world, 2n)).tenant).to.equal(tenant.address);
  });

  it("asks about the principal where a delegate calls", async () => {
    const world = await loadWorld();
    const { market, usd: token, tenant, stranger } = world;
    await market.connect(tenant).setDelegate(token, stranger, 0n, now());
    const forDelegate = quoteOf(world, { tenant: stranger.address });
    const options = { caller: stranger, tenant };
    await expectRefused(world, { quote: forDelegate, options }, "QuoteTenantMismatch", [tenant, stranger]);
    await openUnder(world, quoteOf(world, { tenant: tenant.address }), options);
    expect((await summaryOf(world, 1n)).tenant).to.equal(tenant.address);
  });

  it("refuses a quote that names a lease to amend", async () => {
    const world = await loadWorld();
    await openUnder(world, quoteOf(world));
    for (const leaseId of [1n, 99n, MaxUint256]) {
      const quote = quoteOf(world, { leaseId, salt: id("amend") });
      await expectRefused(world, { quote }, "QuoteLeaseMismatch", [0n, leaseId]);
    }
  });

  it("takes rates of 1 and 2^74 - 1, and refuses 0 and 2^74", async () => {
    const world = await loadWorld();
    const terms = termsOf(world.usd, { minPeriod: 0n, collateral: 0n });
    const offerId = await createOffer(world.market, world.owner, terms);
    for (const milliRatePerSecond of [1n, MAX_RATE]) {
      const salt = id(`rate ${milliRatePerSecond}`);
      await openUnder(world, quoteOf(world, { offerId, milliRatePerSecond, salt }));
      const { milliRatePerSecond: actual } = await summaryOf(world, await world.market.leaseCount());
      expect(actual).to.equal(milliRatePerSecond);
    }
    for (const milliRatePerSecond of [0n, MAX_RATE + 1n, MaxUint256]) {
      const quote = quoteOf(world, { offerId, milliRatePerSecond });
      await expectRefused(world, { quote }, "OfferRateOutOfBounds", [milliRatePerSecond, 1n, MAX_RATE]);
    }
  });

  it("holds the caller's limit against the quote's rate, not against the offer's", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world);
    const { offerId } = quote;
    const options = { maxMilliRate: QUOTE_RATE - 1n };
    await expectRefused(world, { quote, options }, "OfferRateAboveLimit", [
      offerId,
      QUOTE_RATE,
      QUOTE_RATE - 1n,
    ]);
    const dear = quoteOf(world, { milliRatePerSecond: RATE + 1n, salt: id("dear") });
    await expectRefused(world, { quote: dear, options: { maxMilliRate: RATE } }, "OfferRateAboveLimit", [
      offerId,
      RATE + 1n,
      RATE,
    ]);
    await openUnder(world, quote, { maxMilliRate: QUOTE_RATE });
  });

  it("takes exactly the minimum at the quote's rate, be it below or above the offer's, and refuses one unit less", async () => {
    const world = await loadWorld();
    for (const milliRatePerSecond of [QUOTE_RATE, 2n * RATE]) {
      const quote = quoteOf(world, { milliRatePerSecond, salt: id(`rate ${milliRatePerSecond}`) });
      const minimum = costOf(milliRatePerSecond, MIN_PERIOD);
      await expectRefused(world, { quote, options: { amount: minimum - 1n } }, "LeaseAmountTooSmall", [
        0n,
        minimum - 1n,
        minimum,
      ]);
      await openUnder(world, quote, { amount: minimum });
    }
  });

  it("counts what arrived, and refuses where nothing does", async () => {
    const world = await loadWorld();
    await expectRefused(world, { quote: quoteOf(world), options: { amount: 0n } }, "EscrowNothingArrived", [
      world.usd,
    ]);
    const token = await ethers.deployContract("FeeToken", world.deployer);
    await fund(world, token);
    const offerId = await createOffer(world.market, world.owner, termsOf(token, { collateral: 0n }));
    await openUnder(world, quoteOf(world, { offerId }), { amount: usd(10) });
    expect((await summaryOf(world, 1n)).balance).to.equal(usd("9.9"));
  });

  it("acts once for each provider and salt, whatever else the second quote says", async () => {
    const world = await loadWorld();
    const { owner, rival, rivalOperator, rivalOfferId } = world;
    const quote = quoteOf(world);
    await openUnder(world, quote);
    for (const again of [quote, { ...quote, milliRatePerSecond: 1n, expiresAt: MaxUint256 }]) {
      await expectRefused(world, { quote: again }, "QuoteSpent", [owner, SALT]);
    }
    await openUnder(world, { ...quote, salt: id("another") });
    const foreign = { ...quote, offerId: rivalOfferId };
    const signature = await signQuote(world, foreign, rivalOperator);
    await openUnder(world, foreign, { signature, provider: rival });
    expect(await world.market.leaseCount()).to.equal(3n);
  });

  it("leaves the quote unspent where the opening fails", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const quote = quoteOf(world);
    const minimum = costOf(QUOTE_RATE, MIN_PERIOD);
    await expectRefused(world, { quote, options: { amount: 1n } }, "LeaseAmountTooSmall", [0n, 1n, minimum]);
    expect(await market.isQuoteSpent(owner, SALT)).to.equal(false);
    await openUnder(world, quote);
  });

  it("refuses a caller who is neither the tenant nor his delegate", async () => {
    const world = await loadWorld();
    const { usd: token, tenant, stranger } = world;
    const quote = quoteOf(world, { tenant: tenant.address });
    await expectRefused(world, { quote, options: { caller: stranger, tenant } }, "DelegateNotAuthorized", [
      tenant,
      token,
      stranger,
      0n,
    ]);
  });

  it("refuses an offer that is unknown, another provider's, closed or full, before it looks at the quote", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, rival, rivalOfferId, unjudgedOfferId } = world;
    const full = await createOffer(market, owner, termsOf(token), 0n);
    await market.connect(owner).closeOffer(0n, unjudgedOfferId);
    for (const [offerId, error, args] of [
      [99n, "OfferUnknown", [99n]],
      [2n ** 32n + 1n, "OfferUnknown", [2n ** 32n + 1n]],
      [rivalOfferId, "OfferProviderMismatch", [rivalOfferId, rival, owner]],
      [unjudgedOfferId, "OfferNotOpen", [unjudgedOfferId]],
      [full, "OfferFull", [full, 0n, 0n]],
    ] as const) {
      await expectRefused(world, { quote: quoteOf(world, { offerId, expiresAt: 0n }) }, error, args);
    }
  });

  it("refuses a silent provider, whatever he signed", async () => {
    const world = await loadWorld();
    const lastReportAt = now();
    const quote = quoteOf(world, { expiresAt: MaxUint256 });
    await advance(REPORT_PERIOD + 1n);
    await expectRefused(world, { quote }, "ProviderSilent", [world.owner, lastReportAt, REPORT_PERIOD]);
  });

  it("refuses a provider without stake, a balance that no lease holds, and money that the wallet does not give", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const token = await deploySecondToken(world);
    await token.connect(tenant).mint(tenant, 2n ** 97n);
    const backed = quoteOf(world, { offerId: await createOffer(market, owner, termsOf(token)) });
    await expectRefused(world, { quote: backed }, "StakeInsufficient", [owner, token, COLLATERAL, 0n]);
    const offerId = await createOffer(market, owner, termsOf(token, { collateral: 0n }));
    const bare = quoteOf(world, { offerId });
    const tooMuch = { amount: MAX_BALANCE + 1n };
    await expectRefused(world, { quote: bare, options: tooMuch }, "LeaseBalanceTooLarge", [
      0n,
      MAX_BALANCE + 1n,
      MAX_BALANCE,
    ]);
    await token.connect(tenant).approve(market, AMOUNT - 1n);
    await expect(openUnder(world, bare))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
      .withArgs(market, AMOUNT - 1n, AMOUNT);
    expect(await market.isQuoteSpent(owner, SALT)).to.equal(false);
  });
});

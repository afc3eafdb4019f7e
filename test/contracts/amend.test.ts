// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { id } from "ethers";
import { Dice } from "../differential/dice.ts";
import { MAX_RATE, MILLI, owed, usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Status, statusSet } from "../helpers/enums.ts";
import {
  AMOUNT,
  depletedLease,
  endedByProvider,
  freeOf,
  lapse,
  pausedLease,
  report,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { QUOTED_RESOURCES, QUOTE_RATE, SALT, amendTo, quoteOf, signQuote } from "../helpers/quotes.ts";
import { ASKED } from "../helpers/scenes.ts";
import { advance, now } from "../helpers/time.ts";
import { COLLATERAL, RATE, REPORT_PERIOD, STAKE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";

describe("amend of an active lease", () => {
  it("bills what elapsed at the old rate, goes on at the new one, and tells quote and lease", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, offerId } = world;
    const leaseId = await startLease(world);
    await advance(1_000n);
    const due = owed(RATE, 1_000n);
    const amending = amendTo(world, leaseId, QUOTE_RATE);
    await expect(amending)
      .to.emit(market, "QuoteUsed")
      .withArgs(owner, SALT, leaseId, QUOTE_RATE, QUOTED_RESOURCES);
    await expect(amending)
      .to.emit(market, "LeaseAmended")
      .withArgs(leaseId, owner, QUOTE_RATE, due, AMOUNT - due, 1_000n, 3n);
    await expect(amending).to.changeTokenBalances(ethers, token, [tenant, owner, market], [0n, 0n, 0n]);
    expect([await freeOf(world, owner), await freeOf(world, tenant)]).to.deep.equal([due, 0n]);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
    expect((await market.offerOf(offerId)).taken).to.equal(1n);
    expect((await market.providerOf(owner)).sequence).to.equal(3n);
    const after = await summaryOf(world, leaseId);
    expect([after.status, after.milliRatePerSecond, after.accrued]).to.deep.equal([
      Status.Active,
      QUOTE_RATE,
      0n,
    ]);
    await advance(400n);
    expect((await summaryOf(world, leaseId)).accrued).to.equal(owed(QUOTE_RATE, 400n));
  });

  it("ends the minimum: a tenant who closes after it pays what elapsed", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await startLease(world);
    await advance(30n);
    expect((await summaryOf(world, leaseId)).inMinimum).to.equal(true);
    await amendTo(world, leaseId, QUOTE_RATE);
    expect((await summaryOf(world, leaseId)).inMinimum).to.equal(false);
    await advance(30n);
    await market.connect(tenant).close(leaseId);
    const thousandths = RATE * 30n + QUOTE_RATE * 30n;
    expect(await freeOf(world, owner)).to.equal(thousandths / MILLI);
    expect(await freeOf(world, tenant)).to.equal(AMOUNT - thousandths / MILLI);
  });

  it("ends the minimum in the second of the start, with nothing to bill", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await startLease(world);
    await expect(amendTo(world, leaseId, QUOTE_RATE))
      .to.emit(market, "LeaseAmended")
      .withArgs(leaseId, owner, QUOTE_RATE, 0n, AMOUNT, 0n, 3n);
    await market.connect(tenant).close(leaseId);
    expect([await freeOf(world, owner), await freeOf(world, tenant)]).to.deep.equal([0n, AMOUNT]);
  });

  it("keeps the remainder to the thousandth", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const offerId = await createOffer(market, owner, termsOf(world.usd, { milliRatePerSecond: 333n }));
    const leaseId = await startLease(world, { offerId, amount: 1_000n });
    await advance(10n);
    await expect(amendTo(world, leaseId, 669n))
      .to.emit(market, "LeaseAmended")
      .withArgs(leaseId, owner, 669n, 3n, 997n, 10n, 3n);
    expect((await summaryOf(world, leaseId)).remainder).to.equal(330n);
    await advance(1n);
    expect((await summaryOf(world, leaseId)).accrued).to.equal(0n);
    await expect(amendTo(world, leaseId, 1n, id("second")))
      .to.emit(market, "LeaseAmended")
      .withArgs(leaseId, owner, 1n, 0n, 997n, 11n, 4n);
    expect((await summaryOf(world, leaseId)).remainder).to.equal(999n);
    await advance(1n);
    expect((await summaryOf(world, leaseId)).accrued).to.equal(1n);
  });

  it("bills in total what the seconds at each rate cost, however often it is amended", async () => {
    const world = await loadWorld();
    const { owner } = world;
    const leaseId = await startLease(world);
    const dice = new Dice(1n, 0n);
    let [rate, thousandths] = [RATE, 0n];
    for (let turn = 0; turn < 25; turn += 1) {
      const elapsed = dice.between(0n, 100n);
      await advance(elapsed);
      thousandths += rate * elapsed;
      rate = dice.between(1n, 2n * RATE);
      await amendTo(world, leaseId, rate, id(`turn ${turn}`));
      expect(await freeOf(world, owner)).to.equal(thousandths / MILLI);
    }
    const { balance, remainder } = await summaryOf(world, leaseId);
    expect([balance, remainder]).to.deep.equal([AMOUNT - thousandths / MILLI, thousandths % MILLI]);
  });

  it("moves the depletion point to where the balance ends at the new rate", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(1_800n);
    const balance = AMOUNT - owed(RATE, 1_800n);
    for (const rate of [1n, 2n * RATE, MAX_RATE]) {
      await amendTo(world, leaseId, rate, id(`rate ${rate}`));
      const { remainder, depletionClock } = await summaryOf(world, leaseId);
      const paid = (MILLI * balance - remainder + rate - 1n) / rate;
      expect(depletionClock).to.equal(1_800n + paid < 2n ** 32n ? 1_800n + paid : 2n ** 32n - 1n);
    }
    await advance(1n);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Depleted);
  });

  it("works in the second before depletion, and is refused in the next", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const [first, second] = [
      await startLease(world, { amount: usd(1) }),
      await startLease(world, { amount: usd(1) }),
    ];
    await advance(REPORT_PERIOD - 1n);
    const due = owed(RATE, REPORT_PERIOD - 1n);
    await expect(amendTo(world, first, 1n))
      .to.emit(market, "LeaseAmended")
      .withArgs(first, owner, 1n, due, usd(1) - due, REPORT_PERIOD - 1n, 5n);
    await advance(1n);
    await expect(amendTo(world, second, 1n, id("second")))
      .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
      .withArgs(second, Status.Depleted, statusSet("Pending", "Active", "Paused"));
  });

  it("works in the provider's last second, and is refused while he is silent", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const lastReportAt = now();
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD);
    await amendTo(world, leaseId, QUOTE_RATE, id("last second"));
    await advance(1n);
    await expect(amendTo(world, leaseId, 1n))
      .to.be.revertedWithCustomError(market, "ProviderSilent")
      .withArgs(owner, lastReportAt, REPORT_PERIOD);
    await report(world);
    await amendTo(world, leaseId, 1n);
  });

  it("leaves a dispute and the collateral as they are", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant } = world;
    const leaseId = await startLease(world);
    await market.connect(tenant).deposit(token, usd(1));
    await market.connect(tenant).openDispute(leaseId, ASKED, "");
    const before = await market.disputeOf(leaseId);
    await amendTo(world, leaseId, QUOTE_RATE);
    expect(await market.disputeOf(leaseId)).to.deep.equal(before);
    expect((await summaryOf(world, leaseId)).disputed).to.equal(true);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
  });
});

describe("amend of any other lease", () => {
  it("refuses depleted, lapsed, closed and unknown leases", async () => {
    const world = await loadWorld();
    const { market, tenant } = world;
    const closed = await endedByProvider(world);
    const lapsed = await startLease(world);
    const paused = await pausedLease(world);
    const depleted = await depletedLease(world);
    await lapse();
    for (const [leaseId, status] of [
      [closed, Status.Closed],
      [lapsed, Status.Lapsed],
      [paused, Status.Lapsed],
      [depleted, Status.Depleted],
    ] as const) {
      await expect(amendTo(world, leaseId, 1n))
        .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
        .withArgs(leaseId, status, statusSet("Pending", "Active", "Paused"));
    }
    const quote = quoteOf(world, { leaseId: 99n });
    await expect(market.connect(tenant).amend(99n, quote, await signQuote(world, quote)))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
  });
});

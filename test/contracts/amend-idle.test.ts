// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { id } from "ethers";
import { MAX_RATE, MILLI, costOf, owed } from "../helpers/amounts.ts";
import { Status } from "../helpers/enums.ts";
import {
  AMOUNT,
  freeOf,
  openLease,
  pausedLease,
  startExisting,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { QUOTE_RATE, SALT, amendTo } from "../helpers/quotes.ts";
import { MINUTE, advance, now } from "../helpers/time.ts";
import {
  MIN_PERIOD,
  REPORT_PERIOD,
  START_PERIOD,
  createOffer,
  loadWorld,
  termsOf,
} from "../helpers/world.ts";

describe("amend of a paused lease", () => {
  it("changes the rate and bills nothing, however long it stood", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const leaseId = await startLease(world);
    await advance(100n);
    await market.connect(operator).pause(0n, leaseId);
    const { balance, remainder } = await summaryOf(world, leaseId);
    await advance(500n);
    await expect(amendTo(world, leaseId, QUOTE_RATE))
      .to.emit(market, "LeaseAmended")
      .withArgs(leaseId, owner, QUOTE_RATE, 0n, balance, 100n, 4n);
    const after = await summaryOf(world, leaseId);
    expect([after.status, after.remainder, after.settledClock]).to.deep.equal([
      Status.Paused,
      remainder,
      100n,
    ]);
    await market.connect(operator).resume(0n, leaseId);
    await advance(300n);
    expect((await summaryOf(world, leaseId)).accrued).to.equal((remainder + QUOTE_RATE * 300n) / MILLI);
  });

  it("needs no minimum at the new rate", async () => {
    const world = await loadWorld();
    const leaseId = await pausedLease(world);
    await amendTo(world, leaseId, MAX_RATE);
    expect((await summaryOf(world, leaseId)).status).to.equal(Status.Paused);
  });

  it("is refused while the provider is silent", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const lastReportAt = now();
    const leaseId = await pausedLease(world);
    await advance(REPORT_PERIOD + 1n);
    await expect(amendTo(world, leaseId, 1n))
      .to.be.revertedWithCustomError(market, "ProviderSilent")
      .withArgs(owner, lastReportAt, REPORT_PERIOD);
  });
});

describe("amend of a pending lease", () => {
  it("takes the rate whose minimum the balance just pays, and refuses the next", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const leaseId = await openLease(world);
    const highest = (MILLI * AMOUNT) / MIN_PERIOD;
    const minimum = costOf(highest + 1n, MIN_PERIOD);
    await expect(amendTo(world, leaseId, highest + 1n))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(leaseId, AMOUNT, minimum);
    expect(minimum).to.equal(AMOUNT + 1n);
    expect(await market.isQuoteSpent(owner, SALT)).to.equal(false);
    await expect(amendTo(world, leaseId, highest))
      .to.emit(market, "LeaseAmended")
      .withArgs(leaseId, owner, highest, 0n, AMOUNT, 0n, 2n);
  });

  it("takes every rate where the offer has no minimum", async () => {
    const world = await loadWorld();
    const offerId = await createOffer(world.market, world.owner, termsOf(world.usd, { minPeriod: 0n }));
    const leaseId = await openLease(world, { offerId, amount: 1n });
    for (const rate of [MAX_RATE, 1n]) {
      await amendTo(world, leaseId, rate, id(`rate ${rate}`));
      expect((await summaryOf(world, leaseId)).milliRatePerSecond).to.equal(rate);
    }
  });

  it("bills from the start at the new rate, the minimum included", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await openLease(world);
    await amendTo(world, leaseId, QUOTE_RATE);
    await advance(MINUTE);
    await startExisting(world, [leaseId]);
    await advance(MINUTE);
    await market.connect(tenant).close(leaseId);
    expect(await freeOf(world, owner)).to.equal(owed(QUOTE_RATE, MIN_PERIOD));
  });

  it("works while the provider is silent, and after the time to start", async () => {
    const world = await loadWorld();
    const leaseId = await openLease(world);
    await advance(START_PERIOD + 1n);
    await amendTo(world, leaseId, QUOTE_RATE);
    await advance(REPORT_PERIOD);
    await amendTo(world, leaseId, QUOTE_RATE - 1n, id("silent"));
    const { status, milliRatePerSecond, silent, startLate } = await summaryOf(world, leaseId);
    expect([status, milliRatePerSecond, silent, startLate]).to.deep.equal([
      ...[Status.Pending, QUOTE_RATE - 1n, true, true],
    ]);
  });
});

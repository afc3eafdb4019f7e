// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MAX_RATE } from "../helpers/amounts.ts";
import { AMOUNT, MANIFEST, openLease } from "../helpers/leases.ts";
import { advance } from "../helpers/time.ts";
import { REPORT_PERIOD, START_PERIOD, loadWorld } from "../helpers/world.ts";

describe("setCapacity", () => {
  it("changes how many leases may be open, by owner and operator alike", async () => {
    const { market, owner, operator, offerId } = await loadWorld();
    for (const [caller, capacity] of [
      [owner, 3n],
      [operator, 2n ** 24n - 1n],
    ] as const) {
      await expect(market.connect(caller).setCapacity(0n, offerId, capacity))
        .to.emit(market, "OfferCapacityChanged")
        .withArgs(offerId, owner, capacity);
      expect((await market.offerOf(offerId)).capacity).to.equal(capacity);
    }
  });

  it("leaves every term as it was", async () => {
    const { market, operator, offerId } = await loadWorld();
    const before = await market.offerOf(offerId);
    await market.connect(operator).setCapacity(0n, offerId, 7n);
    const after = await market.offerOf(offerId);
    expect([...after.terms]).to.deep.equal([...before.terms]);
    expect([after.provider, after.taken, after.closed]).to.deep.equal([before.provider, before.taken, false]);
  });

  it("may go below what is taken: open leases stay, new ones are refused", async () => {
    const world = await loadWorld();
    const { market, owner, operator, tenant, offerId } = world;
    await openLease(world);
    await openLease(world);
    await market.connect(operator).setCapacity(0n, offerId, 1n);
    await expect(market.connect(tenant).open(offerId, owner, MAX_RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "OfferFull")
      .withArgs(offerId, 2n, 1n);
    await advance(START_PERIOD + 1n);
    await market.connect(tenant).close(1n);
    expect((await market.offerOf(offerId)).taken).to.equal(1n);
  });

  it("works while the provider is silent", async () => {
    const { market, operator, offerId } = await loadWorld();
    await advance(REPORT_PERIOD + 1n);
    await expect(market.connect(operator).setCapacity(0n, offerId, 0n)).to.emit(
      market,
      "OfferCapacityChanged",
    );
  });

  it("refuses a closed offer", async () => {
    const { market, operator, offerId } = await loadWorld();
    await market.connect(operator).closeOffer(0n, offerId);
    await expect(market.connect(operator).setCapacity(0n, offerId, 1n))
      .to.be.revertedWithCustomError(market, "OfferNotOpen")
      .withArgs(offerId);
  });

  it("refuses strangers and rivals, and numbers that were not given out", async () => {
    const { market, owner, rivalOperator, stranger, offerId } = await loadWorld();
    for (const caller of [rivalOperator, stranger]) {
      await expect(market.connect(caller).setCapacity(0n, offerId, 1n))
        .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
        .withArgs(owner, caller);
    }
    for (const unknown of [0n, 99n]) {
      await expect(market.connect(owner).setCapacity(0n, unknown, 1n))
        .to.be.revertedWithCustomError(market, "OfferUnknown")
        .withArgs(unknown);
    }
  });
});

describe("closeOffer", () => {
  it("takes no new lease, for ever, by owner and operator alike", async () => {
    const { market, owner, operator, tenant, offerId, unjudgedOfferId } = await loadWorld();
    for (const [caller, id] of [
      [owner, offerId],
      [operator, unjudgedOfferId],
    ] as const) {
      await expect(market.connect(caller).closeOffer(0n, id))
        .to.emit(market, "OfferClosed")
        .withArgs(id, owner);
      expect((await market.offerOf(id)).closed).to.equal(true);
      await expect(market.connect(tenant).open(id, owner, MAX_RATE, AMOUNT, MANIFEST, tenant))
        .to.be.revertedWithCustomError(market, "OfferNotOpen")
        .withArgs(id);
    }
  });

  it("leaves open leases as they are", async () => {
    const world = await loadWorld();
    const { market, operator, offerId } = world;
    const leaseId = await openLease(world);
    await market.connect(operator).closeOffer(0n, offerId);
    await expect(market.connect(operator).start(0n, [leaseId])).to.emit(market, "LeaseStarted");
  });

  it("refuses a second time", async () => {
    const { market, operator, offerId } = await loadWorld();
    await market.connect(operator).closeOffer(0n, offerId);
    await expect(market.connect(operator).closeOffer(0n, offerId))
      .to.be.revertedWithCustomError(market, "OfferNotOpen")
      .withArgs(offerId);
  });

  it("refuses strangers and rivals, and numbers that were not given out", async () => {
    const { market, owner, rivalOperator, stranger, offerId } = await loadWorld();
    for (const caller of [rivalOperator, stranger]) {
      await expect(market.connect(caller).closeOffer(0n, offerId))
        .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
        .withArgs(owner, caller);
    }
    await expect(market.connect(owner).closeOffer(0n, 99n))
      .to.be.revertedWithCustomError(market, "OfferUnknown")
      .withArgs(99n);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { Status, statusSet } from "../helpers/enums.ts";
import { openLease, report, startExisting, startLease, summaryOf } from "../helpers/leases.ts";
import { advance, now } from "../helpers/time.ts";
import { REPORT_PERIOD, START_PERIOD, createOffer, loadWorld, termsOf } from "../helpers/world.ts";

describe("start", () => {
  it("makes a pending lease active and bills it from the provider's clock on", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const leaseId = await openLease(world);
    await advance(100n);
    await expect(market.connect(operator).start(0n, [leaseId]))
      .to.emit(market, "LeaseStarted")
      .withArgs(leaseId, owner, 100n, 2n);
    const summary = await summaryOf(world, leaseId);
    expect([summary.status, summary.settledClock, summary.inMinimum]).to.deep.equal([
      Status.Active,
      100n,
      true,
    ]);
    expect(summary.accrued).to.equal(0n);
  });

  it("is the owner's right as well", async () => {
    const world = await loadWorld();
    const leaseId = await openLease(world);
    await expect(world.market.connect(world.owner).start(0n, [leaseId])).to.emit(
      world.market,
      "LeaseStarted",
    );
  });

  it("begins no minimum where the offer has none", async () => {
    const world = await loadWorld();
    const offerId = await createOffer(world.market, world.owner, termsOf(world.usd, { minPeriod: 0n }));
    const leaseId = await startLease(world, { offerId });
    expect((await summaryOf(world, leaseId)).inMinimum).to.equal(false);
  });

  it("works in the last second of the start period, and not in the next", async () => {
    const world = await loadWorld();
    const { market, operator } = world;
    const [first, second] = [await openLease(world), await openLease(world)];
    const startBy = now() + START_PERIOD;
    await advance(START_PERIOD);
    await market.connect(operator).start(0n, [first]);
    await advance(1n);
    expect((await summaryOf(world, second)).startLate).to.equal(true);
    await expect(market.connect(operator).start(0n, [second]))
      .to.be.revertedWithCustomError(market, "LeaseStartTooLate")
      .withArgs(second, startBy + 1n, startBy);
  });

  it("works in the provider's last second before silence, and not in the next", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const lastReportAt = now();
    await advance(REPORT_PERIOD - 10n);
    const [first, second] = [await openLease(world), await openLease(world)];
    await advance(10n);
    await market.connect(operator).start(0n, [first]);
    await advance(1n);
    for (const list of [[second], [second, first]]) {
      await expect(market.connect(operator).start(0n, list))
        .to.be.revertedWithCustomError(market, "ProviderSilent")
        .withArgs(owner, lastReportAt, REPORT_PERIOD);
    }
    await report(world);
    await startExisting(world, [second]);
  });

  it("refuses a lease that is not pending, where it is alone", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await expect(world.market.connect(world.operator).start(0n, [leaseId]))
      .to.be.revertedWithCustomError(world.market, "LeaseStatusUnexpected")
      .withArgs(leaseId, Status.Active, statusSet("Pending"));
  });

  it("skips in a list what is not pending, duplicates included, without an event", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const active = await startLease(world);
    const pending = await openLease(world);
    const starting = market.connect(operator).start(0n, [active, pending, pending]);
    await expect(starting).to.emit(market, "LeaseStarted").withArgs(pending, owner, 0n, 4n);
    expect((await market.providerOf(owner)).sequence).to.equal(4n);
  });

  it("skips in a list what is too late", async () => {
    const world = await loadWorld();
    const { market, operator } = world;
    const late = await openLease(world);
    await advance(START_PERIOD + 1n);
    const fresh = await openLease(world);
    await market.connect(operator).start(0n, [late, fresh]);
    expect([await market.statusOf(late), await market.statusOf(fresh)]).to.deep.equal([
      Status.Pending,
      Status.Active,
    ]);
  });

  it("starts in a list what is in its last second", async () => {
    const world = await loadWorld();
    const ids = [await openLease(world), await openLease(world)];
    await advance(START_PERIOD);
    await startExisting(world, ids);
    for (const leaseId of ids) expect(await world.market.statusOf(leaseId)).to.equal(Status.Active);
  });

  it("refuses a whole list for one lease of another provider, and for one that does not exist", async () => {
    const world = await loadWorld();
    const { market, rival, operator, rivalOfferId } = world;
    const mine = await openLease(world);
    const foreign = await openLease(world, { offerId: rivalOfferId });
    await expect(market.connect(operator).start(0n, [mine, foreign]))
      .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
      .withArgs(rival, operator);
    for (const list of [[99n], [mine, 99n]]) {
      await expect(market.connect(operator).start(0n, list))
        .to.be.revertedWithCustomError(market, "LeaseUnknown")
        .withArgs(99n);
    }
    expect(await market.statusOf(mine)).to.equal(Status.Pending);
  });

  it("takes 128 ids, none, and refuses 129", async () => {
    const world = await loadWorld();
    const { market, operator } = world;
    const leaseId = await openLease(world);
    const ids = Array.from({ length: 128 }, () => leaseId);
    await expect(market.connect(operator).start(0n, [...ids, leaseId]))
      .to.be.revertedWithCustomError(market, "LeaseListTooLong")
      .withArgs(129n, 128n);
    await market.connect(operator).start(0n, []);
    expect(await market.statusOf(leaseId)).to.equal(Status.Pending);
    await market.connect(operator).start(0n, ids);
    expect(await market.statusOf(leaseId)).to.equal(Status.Active);
  });

  it("refuses tenants and strangers", async () => {
    const world = await loadWorld();
    const leaseId = await openLease(world);
    for (const caller of [world.tenant, world.stranger]) {
      await expect(world.market.connect(caller).start(0n, [leaseId]))
        .to.be.revertedWithCustomError(world.market, "ProviderCallerNotAuthorized")
        .withArgs(world.owner, caller);
    }
  });

  it("refuses an instance that is not current", async () => {
    const world = await loadWorld();
    const leaseId = await openLease(world);
    await world.market.connect(world.operator).claimInstance(world.owner, 0n);
    await expect(world.market.connect(world.operator).start(0n, [leaseId]))
      .to.be.revertedWithCustomError(world.market, "ProviderInstanceStale")
      .withArgs(world.owner, 0n, 1n);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroHash } from "ethers";
import { owed, usd } from "../helpers/amounts.ts";
import { Cause, Reason, Status, statusSet } from "../helpers/enums.ts";
import {
  AMOUNT,
  depletedLease,
  endedByProvider,
  freeOf,
  lapse,
  openLease,
  pausedLease,
  report,
  serve,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { advance, now } from "../helpers/time.ts";
import {
  COLLATERAL,
  RATE,
  REPORT_PERIOD,
  RETENTION_PERIOD,
  STAKE,
  START_PERIOD,
  loadWorld,
} from "../helpers/world.ts";

const OPEN = statusSet("Pending", "Active", "Paused", "Depleted", "Lapsed");

describe("closeByProvider", () => {
  it("bills what elapsed, refunds the rest, says why, and keeps judged collateral locked", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, operator, tenant, offerId } = world;
    const leaseId = await startLease(world);
    await advance(1_000n);
    const due = owed(RATE, 1_000n);
    const closing = market.connect(operator).closeByProvider(0n, [leaseId], Cause.Hardware);
    await expect(closing)
      .to.emit(market, "LeaseClosed")
      .withArgs(leaseId, owner, tenant, Reason.ProviderClosed, Cause.Hardware, due, AMOUNT - due, 1_000n, 3n);
    await expect(closing).not.to.emit(market, "CollateralUnlocked");
    expect([await freeOf(world, owner), await freeOf(world, tenant)]).to.deep.equal([due, AMOUNT - due]);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
    expect((await market.offerOf(offerId)).taken).to.equal(0n);
    const summary = await summaryOf(world, leaseId);
    expect([summary.closedAt, summary.collateral]).to.deep.equal([now(), COLLATERAL]);
  });

  it("emits each cause as it was given", async () => {
    const world = await loadWorld();
    for (const cause of Object.values(Cause)) {
      const leaseId = await startLease(world);
      await expect(world.market.connect(world.owner).closeByProvider(0n, [leaseId], cause))
        .to.emit(world.market, "LeaseClosed")
        .withArgs(
          leaseId,
          world.owner,
          world.tenant,
          Reason.ProviderClosed,
          cause,
          0n,
          AMOUNT,
          0n,
          leaseId * 3n,
        );
    }
  });

  it("bills what really elapsed inside the minimum", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(30n);
    await world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Drain);
    expect(await freeOf(world, world.owner)).to.equal(8_333n);
  });

  it("unlocks at once where nobody could judge", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world, { offerId: world.unjudgedOfferId });
    await expect(world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Drain))
      .to.emit(world.market, "CollateralUnlocked")
      .withArgs(leaseId, world.owner, COLLATERAL);
    expect(await world.market.stakeOf(world.usd, world.owner)).to.deep.equal([STAKE, 0n]);
  });

  it("declines a pending lease, in time or late, and unlocks its collateral", async () => {
    const world = await loadWorld();
    const { market, owner, operator, tenant } = world;
    const [first, second] = [await openLease(world), await openLease(world)];
    let sequence = 2n;
    for (const leaseId of [first, second]) {
      sequence += 1n;
      const closing = market.connect(operator).closeByProvider(0n, [leaseId], Cause.Image);
      await expect(closing)
        .to.emit(market, "LeaseClosed")
        .withArgs(leaseId, owner, tenant, Reason.Declined, Cause.Image, 0n, AMOUNT, 0n, sequence);
      await expect(closing).to.emit(market, "CollateralUnlocked").withArgs(leaseId, owner, COLLATERAL);
      await advance(START_PERIOD + 1n);
    }
    expect(await freeOf(world, tenant)).to.equal(2n * AMOUNT);
    expect(await market.stakeOf(world.usd, owner)).to.deep.equal([STAKE, 0n]);
  });

  it("bills nothing on a paused lease", async () => {
    const world = await loadWorld();
    const leaseId = await pausedLease(world);
    await advance(1_000n);
    await world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Drain);
    expect(await freeOf(world, world.tenant)).to.equal(AMOUNT);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.ProviderClosed);
  });

  it("calls the end of a depleted lease his own until retention is over, then depleted", async () => {
    const world = await loadWorld();
    const { market, operator } = world;
    const [first, second] = [
      await startLease(world, { amount: usd(1) }),
      await startLease(world, { amount: usd(1) }),
    ];
    await advance(REPORT_PERIOD);
    await report(world);
    await serve(world, RETENTION_PERIOD - 1n);
    await market.connect(operator).closeByProvider(0n, [first], Cause.Unspecified);
    await advance(1n);
    await market.connect(operator).closeByProvider(0n, [second], Cause.Unspecified);
    const reasons = [(await summaryOf(world, first)).reason, (await summaryOf(world, second)).reason];
    expect(reasons).to.deep.equal([Reason.ProviderClosed, Reason.Depleted]);
    expect(await market.stakeOf(world.usd, world.owner)).to.deep.equal([STAKE, 2n * COLLATERAL]);
  });

  it("forfeits the collateral of a lapsed lease to its tenant, arbitrator or not", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, operator, tenant } = world;
    const ids = [await startLease(world), await pausedLease(world, { offerId: world.unjudgedOfferId })];
    await lapse();
    const closing = market.connect(operator).closeByProvider(0n, ids, Cause.Drain);
    for (const leaseId of ids) {
      await expect(closing)
        .to.emit(market, "CollateralForfeited")
        .withArgs(leaseId, owner, tenant, COLLATERAL);
      expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Lapsed);
    }
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE - 2n * COLLATERAL, 0n]);
    const due = owed(RATE, REPORT_PERIOD);
    expect(await freeOf(world, tenant)).to.equal(2n * AMOUNT - due + 2n * COLLATERAL);
  });

  it("skips in a list what is closed, duplicates included, and refuses it alone", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const closed = await endedByProvider(world);
    const open = await startLease(world);
    await expect(market.connect(operator).closeByProvider(0n, [closed], Cause.Drain))
      .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
      .withArgs(closed, Status.Closed, OPEN);
    await market.connect(operator).closeByProvider(0n, [closed, open, open], Cause.Drain);
    expect(await market.statusOf(open)).to.equal(Status.Closed);
    expect((await market.providerOf(owner)).sequence).to.equal(6n);
    expect(await freeOf(world, world.tenant)).to.equal(2n * AMOUNT);
  });

  it("drains 128 leases in one call, and refuses 129 ids", async () => {
    const world = await loadWorld();
    const { market, operator } = world;
    const leaseId = await startLease(world);
    const ids = Array.from({ length: 128 }, () => leaseId);
    await expect(market.connect(operator).closeByProvider(0n, [...ids, leaseId], Cause.Drain))
      .to.be.revertedWithCustomError(market, "LeaseListTooLong")
      .withArgs(129n, 128n);
    await market.connect(operator).closeByProvider(0n, ids, Cause.Drain);
    expect(await freeOf(world, world.tenant)).to.equal(AMOUNT);
  });

  it("refuses a whole list for one lease of another provider, closed or not, and for an unknown one", async () => {
    const world = await loadWorld();
    const { market, rival, operator, rivalOperator, rivalOfferId } = world;
    const mine = await startLease(world);
    const foreign = await openLease(world, { offerId: rivalOfferId });
    for (const end of [false, true]) {
      if (end) await market.connect(rivalOperator).closeByProvider(0n, [foreign], Cause.Drain);
      await expect(market.connect(operator).closeByProvider(0n, [mine, foreign], Cause.Drain))
        .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
        .withArgs(rival, operator);
    }
    await expect(market.connect(operator).closeByProvider(0n, [mine, 99n], Cause.Drain))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
    expect(await market.statusOf(mine)).to.equal(Status.Active);
  });

  it("refuses tenants and strangers", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    for (const caller of [world.tenant, world.stranger]) {
      await expect(world.market.connect(caller).closeByProvider(0n, [leaseId], Cause.Drain))
        .to.be.revertedWithCustomError(world.market, "ProviderCallerNotAuthorized")
        .withArgs(world.owner, caller);
    }
  });
});

describe("complete", () => {
  it("tells how the workload ended, bills actual time inside the minimum, and closes", async () => {
    const world = await loadWorld();
    const { market, owner, operator, tenant } = world;
    const leaseId = await startLease(world);
    await advance(30n);
    const completion = market.connect(operator).complete(0n, leaseId, -9n, "ipfs://result");
    await expect(completion).to.emit(market, "LeaseCompleted").withArgs(leaseId, owner, -9n, "ipfs://result");
    await expect(completion)
      .to.emit(market, "LeaseClosed")
      .withArgs(
        leaseId,
        owner,
        tenant,
        Reason.Completed,
        Cause.Unspecified,
        8_333n,
        AMOUNT - 8_333n,
        30n,
        3n,
      );
    expect(await market.stakeOf(world.usd, owner)).to.deep.equal([STAKE, COLLATERAL]);
  });

  it("unlocks at once where nobody could judge", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world, { offerId: world.unjudgedOfferId });
    await expect(world.market.connect(world.operator).complete(0n, leaseId, 0n, ""))
      .to.emit(world.market, "CollateralUnlocked")
      .withArgs(leaseId, world.owner, COLLATERAL);
  });

  it("ends paused and depleted leases, past retention as well", async () => {
    const world = await loadWorld();
    const [paused, depleted] = [await pausedLease(world), await depletedLease(world)];
    await report(world);
    await serve(world, RETENTION_PERIOD);
    for (const leaseId of [paused, depleted]) {
      await world.market.connect(world.operator).complete(0n, leaseId, 0n, "");
      expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Completed);
    }
    expect([await freeOf(world, world.owner), await freeOf(world, world.tenant)]).to.deep.equal([
      usd(1),
      AMOUNT,
    ]);
  });

  it("refuses pending, lapsed and closed leases: a lapsed provider reports first", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const [pending, closed, lapsed] = [
      await openLease(world),
      await endedByProvider(world),
      await startLease(world),
    ];
    await lapse();
    for (const [leaseId, status] of [
      [pending, Status.Pending],
      [closed, Status.Closed],
      [lapsed, Status.Lapsed],
    ] as const) {
      await expect(market.connect(operator).complete(0n, leaseId, 0n, ""))
        .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
        .withArgs(leaseId, status, statusSet("Active", "Paused", "Depleted"));
    }
    await market.connect(operator).report(owner, 0n, ZeroHash, "", []);
    await expect(market.connect(operator).complete(0n, lapsed, 0n, "")).to.emit(market, "LeaseCompleted");
  });

  it("refuses tenants, strangers and unknown leases", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    for (const caller of [world.tenant, world.stranger]) {
      await expect(world.market.connect(caller).complete(0n, leaseId, 0n, ""))
        .to.be.revertedWithCustomError(world.market, "ProviderCallerNotAuthorized")
        .withArgs(world.owner, caller);
    }
    await expect(world.market.connect(world.operator).complete(0n, 99n, 0n, ""))
      .to.be.revertedWithCustomError(world.market, "LeaseUnknown")
      .withArgs(99n);
  });
});

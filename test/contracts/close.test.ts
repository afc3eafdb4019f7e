// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
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
import { DAY, LAPSE_PERIOD, advance, now } from "../helpers/time.ts";
import {
  COLLATERAL,
  MIN_PERIOD,
  RATE,
  REPORT_PERIOD,
  RETENTION_PERIOD,
  STAKE,
  START_PERIOD,
  createOffer,
  loadWorld,
  termsOf,
} from "../helpers/world.ts";

const UNLOCKED = [STAKE, 0n];
const LOCKED = [STAKE, COLLATERAL];

describe("close by the tenant", () => {
  it("bills, refunds, frees the place, unlocks the collateral and counts the event", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, offerId } = world;
    const leaseId = await startLease(world);
    await advance(1_000n);
    const due = owed(RATE, 1_000n);
    const closing = market.connect(tenant).close(leaseId);
    await expect(closing)
      .to.emit(market, "LeaseClosed")
      .withArgs(
        leaseId,
        owner,
        tenant,
        Reason.TenantClosed,
        Cause.Unspecified,
        due,
        AMOUNT - due,
        1_000n,
        3n,
      );
    await expect(closing).to.emit(market, "CollateralUnlocked").withArgs(leaseId, owner, COLLATERAL);
    expect(await freeOf(world, owner)).to.equal(due);
    expect(await freeOf(world, tenant)).to.equal(AMOUNT - due);
    expect(await market.stakeOf(token, owner)).to.deep.equal(UNLOCKED);
    expect((await market.offerOf(offerId)).taken).to.equal(0n);
  });

  it("leaves a lease that shows how it ended and holds nothing", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(1_000n);
    await world.market.connect(world.tenant).close(leaseId);
    const closedAt = now();
    await advance(DAY);
    const summary = await summaryOf(world, leaseId);
    expect([summary.status, summary.reason, summary.closedAt]).to.deep.equal([
      Status.Closed,
      Reason.TenantClosed,
      closedAt,
    ]);
    expect([summary.balance, summary.accrued, summary.refundable, summary.collateral]).to.deep.equal([
      0n,
      0n,
      0n,
      0n,
    ]);
    expect([summary.remainder, summary.inMinimum, summary.startLate]).to.deep.equal([0n, false, false]);
  });

  it("bills the whole minimum inside it, with the clock not moved ahead", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await startLease(world);
    await advance(MIN_PERIOD - 1n);
    const due = owed(RATE, MIN_PERIOD);
    await expect(market.connect(tenant).close(leaseId))
      .to.emit(market, "LeaseClosed")
      .withArgs(
        leaseId,
        owner,
        tenant,
        Reason.TenantClosed,
        Cause.Unspecified,
        due,
        AMOUNT - due,
        MIN_PERIOD - 1n,
        3n,
      );
  });

  it("bills what elapsed from the minimum's end on", async () => {
    const world = await loadWorld();
    const [first, second] = [await startLease(world), await startLease(world)];
    await advance(MIN_PERIOD);
    await world.market.connect(world.tenant).close(first);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, MIN_PERIOD));
    await advance(1n);
    await world.market.connect(world.tenant).close(second);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, MIN_PERIOD) + owed(RATE, MIN_PERIOD + 1n));
  });

  it("bills what elapsed inside the minimum while the provider is silent", async () => {
    const world = await loadWorld();
    const terms = termsOf(world.usd, { minPeriod: DAY });
    const offerId = await createOffer(world.market, world.owner, terms);
    const leaseId = await startLease(world, { offerId, amount: usd(30) });
    await advance(REPORT_PERIOD + 1n);
    await world.market.connect(world.tenant).close(leaseId);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, REPORT_PERIOD));
  });

  it("bills the whole minimum in the provider's last second before silence", async () => {
    const world = await loadWorld();
    const terms = termsOf(world.usd, { minPeriod: DAY });
    const offerId = await createOffer(world.market, world.owner, terms);
    const leaseId = await startLease(world, { offerId, amount: usd(30) });
    await advance(REPORT_PERIOD);
    await world.market.connect(world.tenant).close(leaseId);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, DAY));
  });

  it("bills nothing on a paused lease", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await pausedLease(world);
    await advance(1_000n);
    await expect(market.connect(tenant).close(leaseId))
      .to.emit(market, "LeaseClosed")
      .withArgs(leaseId, owner, tenant, Reason.TenantClosed, Cause.Unspecified, 0n, AMOUNT, 0n, 4n);
    expect(await market.stakeOf(world.usd, owner)).to.deep.equal(UNLOCKED);
  });

  it("bills all of a depleted lease, and keeps calling it the tenant's close past retention", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const leaseId = await depletedLease(world);
    await report(world);
    await serve(world, RETENTION_PERIOD + REPORT_PERIOD);
    await expect(market.connect(tenant).close(leaseId))
      .to.emit(market, "LeaseClosed")
      .withArgs(
        leaseId,
        owner,
        tenant,
        Reason.TenantClosed,
        Cause.Unspecified,
        usd(1),
        0n,
        REPORT_PERIOD,
        3n,
      );
    expect(await market.stakeOf(world.usd, owner)).to.deep.equal(UNLOCKED);
  });

  it("works while the provider is silent, up to the last second before he lapses", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD + LAPSE_PERIOD);
    await world.market.connect(world.tenant).close(leaseId);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.TenantClosed);
    expect(await world.market.stakeOf(world.usd, world.owner)).to.deep.equal(UNLOCKED);
  });

  it("is the tenant's close where tenant and provider are one", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world, { tenant: world.owner });
    await advance(30n);
    await world.market.connect(world.owner).close(leaseId);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.TenantClosed);
    expect(await freeOf(world, world.owner)).to.equal(AMOUNT);
  });

  it("forfeits the collateral of a lapsed lease to the tenant", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant } = world;
    const leaseId = await startLease(world);
    await lapse();
    const due = owed(RATE, REPORT_PERIOD);
    const closing = market.connect(tenant).close(leaseId);
    await expect(closing)
      .to.emit(market, "LeaseClosed")
      .withArgs(
        leaseId,
        owner,
        tenant,
        Reason.Lapsed,
        Cause.Unspecified,
        due,
        AMOUNT - due,
        REPORT_PERIOD,
        3n,
      );
    await expect(closing).to.emit(market, "CollateralForfeited").withArgs(leaseId, owner, tenant, COLLATERAL);
    await expect(closing).not.to.emit(market, "CollateralUnlocked");
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE - COLLATERAL, 0n]);
    expect(await freeOf(world, tenant)).to.equal(AMOUNT - due + COLLATERAL);
  });

  it("forfeits the collateral of a paused lease of a lapsed provider, and bills nothing", async () => {
    const world = await loadWorld();
    const leaseId = await pausedLease(world);
    await lapse();
    await world.market.connect(world.tenant).close(leaseId);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Lapsed);
    expect(await freeOf(world, world.tenant)).to.equal(AMOUNT + COLLATERAL);
  });

  it("forfeits nothing where the lease has no collateral, or is depleted, or was cured by a report", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant } = world;
    const bare = await createOffer(market, owner, termsOf(token, { collateral: 0n }));
    const [uncovered, depleted, cured] = [
      await startLease(world, { offerId: bare }),
      await startLease(world, { amount: usd("0.5") }),
      await startLease(world),
    ];
    await lapse();
    await market.connect(tenant).close(uncovered);
    await market.connect(tenant).close(depleted);
    await report(world);
    await market.connect(tenant).close(cured);
    const reasons = await Promise.all([uncovered, depleted, cured].map((id) => market.leaseSummary(id)));
    expect(reasons.map(({ reason }) => reason)).to.deep.equal([
      Reason.Lapsed,
      Reason.TenantClosed,
      Reason.TenantClosed,
    ]);
    expect(await market.stakeOf(token, owner)).to.deep.equal(UNLOCKED);
  });
});

describe("close of a lease that was not started", () => {
  it("is refused to everybody up to the last second of the start period", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, stranger } = world;
    const leaseId = await openLease(world);
    const startBy = now() + START_PERIOD;
    await advance(START_PERIOD);
    for (const caller of [tenant, owner, stranger]) {
      await expect(market.connect(caller).close(leaseId))
        .to.be.revertedWithCustomError(market, "LeaseStartPending")
        .withArgs(leaseId, startBy, startBy);
    }
  });

  it("is anybody's after it: all goes back to the tenant, the collateral is unlocked", async () => {
    for (const role of ["tenant", "owner", "stranger"] as const) {
      const world = await loadWorld();
      const { market, owner, tenant } = world;
      const leaseId = await openLease(world);
      await advance(START_PERIOD + 1n);
      await expect(market.connect(world[role]).close(leaseId))
        .to.emit(market, "LeaseClosed")
        .withArgs(leaseId, owner, tenant, Reason.NotStarted, Cause.Unspecified, 0n, AMOUNT, 0n, 2n);
      expect(await market.stakeOf(world.usd, owner)).to.deep.equal(UNLOCKED);
      expect([await freeOf(world, owner), await freeOf(world, tenant)]).to.deep.equal([0n, AMOUNT]);
    }
  });

  it("costs a provider no stake, however long he has been silent", async () => {
    const world = await loadWorld();
    const leaseId = await openLease(world);
    await lapse();
    await world.market.connect(world.tenant).close(leaseId);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.NotStarted);
    expect(await world.market.stakeOf(world.usd, world.owner)).to.deep.equal(UNLOCKED);
  });
});

describe("close by anybody else", () => {
  it("ends a depleted lease from the last second of its retention on, and not before", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, stranger } = world;
    const leaseId = await depletedLease(world);
    await report(world);
    await serve(world, RETENTION_PERIOD - 1n);
    await expect(market.connect(stranger).close(leaseId))
      .to.be.revertedWithCustomError(market, "LeaseRetained")
      .withArgs(leaseId, REPORT_PERIOD + RETENTION_PERIOD - 1n, REPORT_PERIOD + RETENTION_PERIOD);
    await advance(1n);
    await expect(market.connect(stranger).close(leaseId))
      .to.emit(market, "LeaseClosed")
      .withArgs(leaseId, owner, tenant, Reason.Depleted, Cause.Unspecified, usd(1), 0n, REPORT_PERIOD, 3n);
    expect(await market.stakeOf(token, owner)).to.deep.equal(LOCKED);
  });

  it("counts retention on the service clock: a silence stretches it", async () => {
    const world = await loadWorld();
    const leaseId = await depletedLease(world);
    await advance(30n * DAY);
    await expect(world.market.connect(world.stranger).close(leaseId))
      .to.be.revertedWithCustomError(world.market, "LeaseRetained")
      .withArgs(leaseId, REPORT_PERIOD, REPORT_PERIOD + RETENTION_PERIOD);
  });

  it("is refused on active, paused and lapsed leases, to the provider as well", async () => {
    const world = await loadWorld();
    const { market, owner, operator, stranger } = world;
    const ids = [await startLease(world), await pausedLease(world)];
    for (const time of [0n, REPORT_PERIOD + LAPSE_PERIOD + 1n]) {
      await advance(time);
      for (const leaseId of ids) {
        for (const caller of [owner, operator, stranger]) {
          await expect(market.connect(caller).close(leaseId))
            .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
            .withArgs(leaseId, caller);
        }
      }
    }
  });

  it("is refused a second time, whoever asks, and for unknown leases", async () => {
    const world = await loadWorld();
    const leaseId = await endedByProvider(world);
    for (const caller of [world.tenant, world.owner, world.stranger]) {
      await expect(world.market.connect(caller).close(leaseId))
        .to.be.revertedWithCustomError(world.market, "LeaseStatusUnexpected")
        .withArgs(leaseId, Status.Closed, statusSet("Pending", "Active", "Paused", "Depleted", "Lapsed"));
    }
    await expect(world.market.connect(world.tenant).close(99n))
      .to.be.revertedWithCustomError(world.market, "LeaseUnknown")
      .withArgs(99n);
  });
});

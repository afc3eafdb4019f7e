// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { owed } from "../helpers/amounts.ts";
import { Status, statusSet } from "../helpers/enums.ts";
import {
  AMOUNT,
  depletedLease,
  endedByProvider,
  freeOf,
  lapse,
  openLease,
  pausedLease,
  report,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { HOUR, LAPSE_PERIOD, advance, now } from "../helpers/time.ts";
import { RATE, REPORT_PERIOD, loadWorld } from "../helpers/world.ts";

describe("pause", () => {
  it("bills what elapsed and stops the meter", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const leaseId = await startLease(world);
    await advance(1_000n);
    const due = owed(RATE, 1_000n);
    await expect(market.connect(operator).pause(0n, leaseId))
      .to.emit(market, "LeasePaused")
      .withArgs(leaseId, owner, due, AMOUNT - due, 1_000n, 3n);
    await advance(1_000n);
    const summary = await summaryOf(world, leaseId);
    expect([summary.status, summary.accrued, summary.balance]).to.deep.equal([
      Status.Paused,
      0n,
      AMOUNT - due,
    ]);
    expect(await freeOf(world, owner)).to.equal(due);
  });

  it("bills what really elapsed inside the minimum, and ends the minimum", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(30n);
    await world.market.connect(world.operator).pause(0n, leaseId);
    expect(await freeOf(world, world.owner)).to.equal(8_333n);
    const summary = await summaryOf(world, leaseId);
    expect([summary.inMinimum, summary.remainder, summary.balance]).to.deep.equal([
      false,
      340n,
      AMOUNT - 8_333n,
    ]);
  });

  it("works while the provider is silent, up to where his clock stands", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD + LAPSE_PERIOD);
    await world.market.connect(world.operator).pause(0n, leaseId);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Paused);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, REPORT_PERIOD));
  });

  it("works while the provider has lapsed, and shelters no stake: the lease stays lapsed", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await lapse();
    await world.market.connect(world.operator).pause(0n, leaseId);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Lapsed);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, REPORT_PERIOD));
    await expect(world.market.connect(world.operator).pause(0n, leaseId))
      .to.be.revertedWithCustomError(world.market, "LeaseStatusUnexpected")
      .withArgs(leaseId, Status.Lapsed, statusSet("Active"));
    await report(world);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Paused);
  });

  it("refuses statuses other than active and lapsed", async () => {
    const world = await loadWorld();
    const { market, operator } = world;
    const cases = [
      [await openLease(world), Status.Pending],
      [await pausedLease(world), Status.Paused],
      [await endedByProvider(world), Status.Closed],
      [await depletedLease(world), Status.Depleted],
    ] as const;
    for (const [leaseId, status] of cases) {
      await expect(market.connect(operator).pause(0n, leaseId))
        .to.be.revertedWithCustomError(market, "LeaseStatusUnexpected")
        .withArgs(leaseId, status, statusSet("Active", "Lapsed"));
    }
  });

  it("refuses in the second of depletion, and works in the one before, leaving something", async () => {
    const world = await loadWorld();
    const first = await startLease(world, { amount: 1_000_000n });
    const second = await startLease(world, { amount: 1_000_000n });
    await advance(HOUR - 1n);
    await world.market.connect(world.operator).pause(0n, first);
    expect((await summaryOf(world, first)).balance).to.equal(1_000_000n - owed(RATE, HOUR - 1n));
    await advance(1n);
    await expect(world.market.connect(world.operator).pause(0n, second))
      .to.be.revertedWithCustomError(world.market, "LeaseStatusUnexpected")
      .withArgs(second, Status.Depleted, statusSet("Active", "Lapsed"));
  });

  it("refuses tenants, strangers and unknown leases", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    for (const caller of [world.tenant, world.stranger]) {
      await expect(world.market.connect(caller).pause(0n, leaseId))
        .to.be.revertedWithCustomError(world.market, "ProviderCallerNotAuthorized")
        .withArgs(world.owner, caller);
    }
    await expect(world.market.connect(world.operator).pause(0n, 99n))
      .to.be.revertedWithCustomError(world.market, "LeaseUnknown")
      .withArgs(99n);
  });
});

describe("resume", () => {
  it("starts the meter again from the provider's clock now", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const leaseId = await pausedLease(world);
    await advance(500n);
    await expect(market.connect(operator).resume(0n, leaseId))
      .to.emit(market, "LeaseResumed")
      .withArgs(leaseId, owner, 500n, 4n);
    expect(await market.statusOf(leaseId)).to.equal(Status.Active);
    await advance(100n);
    expect(await market.accruedOf(leaseId)).to.equal(owed(RATE, 100n));
  });

  it("keeps the thousandths of before the pause", async () => {
    const world = await loadWorld();
    const { market, owner, operator, tenant } = world;
    const leaseId = await startLease(world);
    await advance(31n);
    await market.connect(operator).pause(0n, leaseId);
    await advance(7n);
    await market.connect(operator).resume(0n, leaseId);
    await advance(31n);
    await market.connect(tenant).close(leaseId);
    expect(await freeOf(world, owner)).to.equal(owed(RATE, 62n));
  });

  it("begins no second minimum: a close right after it bills what elapsed", async () => {
    const world = await loadWorld();
    const leaseId = await pausedLease(world);
    await world.market.connect(world.operator).resume(0n, leaseId);
    await advance(10n);
    await world.market.connect(world.tenant).close(leaseId);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, 10n));
  });

  it("works in the provider's last second before silence, and not in the next", async () => {
    const world = await loadWorld();
    const [first, second] = [await pausedLease(world), await pausedLease(world)];
    const lastReportAt = now();
    await advance(REPORT_PERIOD);
    await world.market.connect(world.operator).resume(0n, first);
    await advance(1n);
    await expect(world.market.connect(world.operator).resume(0n, second))
      .to.be.revertedWithCustomError(world.market, "ProviderSilent")
      .withArgs(world.owner, lastReportAt, REPORT_PERIOD);
  });

  it("refuses statuses other than paused: a lapsed provider reports first", async () => {
    const world = await loadWorld();
    const active = await startLease(world);
    const paused = await pausedLease(world);
    const resume = world.market.connect(world.operator).resume;
    await expect(resume(0n, active))
      .to.be.revertedWithCustomError(world.market, "LeaseStatusUnexpected")
      .withArgs(active, Status.Active, statusSet("Paused"));
    await lapse();
    await expect(resume(0n, paused))
      .to.be.revertedWithCustomError(world.market, "LeaseStatusUnexpected")
      .withArgs(paused, Status.Lapsed, statusSet("Paused"));
    await report(world);
    await expect(resume(0n, paused)).to.emit(world.market, "LeaseResumed");
  });

  it("refuses tenants, strangers and unknown leases", async () => {
    const world = await loadWorld();
    const leaseId = await pausedLease(world);
    for (const caller of [world.tenant, world.stranger]) {
      await expect(world.market.connect(caller).resume(0n, leaseId))
        .to.be.revertedWithCustomError(world.market, "ProviderCallerNotAuthorized")
        .withArgs(world.owner, caller);
    }
    await expect(world.market.connect(world.operator).resume(0n, 99n))
      .to.be.revertedWithCustomError(world.market, "LeaseUnknown")
      .withArgs(99n);
  });
});

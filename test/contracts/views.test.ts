// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import { MAX_BALANCE, MAX_CLOCK, owed, usd } from "../helpers/amounts.ts";
import { Status } from "../helpers/enums.ts";
import {
  depletedLease,
  endedByProvider,
  freeOf,
  lapse,
  openLease,
  pausedLease,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { LAPSE_PERIOD, advance, now } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import {
  MIN_PERIOD,
  RATE,
  REPORT_PERIOD,
  START_PERIOD,
  createOffer,
  loadWorld,
  termsOf,
} from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

/** Every kind of lease that can be asked about, put there in the second in which it is asked. */
const SCENES: Record<string, (world: World) => Promise<bigint>> = {
  "late pending": async (world) => {
    const leaseId = await openLease(world);
    await advance(START_PERIOD + 1n);
    return leaseId;
  },
  "just started": (world) => startLease(world),
  "inside the minimum": async (world) => {
    const leaseId = await startLease(world);
    await advance(MIN_PERIOD - 1n);
    return leaseId;
  },
  "past the minimum": async (world) => {
    const leaseId = await startLease(world);
    await advance(MIN_PERIOD + 7n);
    return leaseId;
  },
  "settled before": async (world) => {
    const leaseId = await startLease(world);
    await advance(701n);
    await world.market.settle([leaseId]);
    await advance(702n);
    return leaseId;
  },
  paused: async (world) => {
    const leaseId = await startLease(world);
    await advance(31n);
    await world.market.connect(world.operator).pause(0n, leaseId);
    await advance(900n);
    return leaseId;
  },
  "one second before depletion": async (world) => {
    const leaseId = await startLease(world, { amount: usd(1) });
    await advance(REPORT_PERIOD - 1n);
    return leaseId;
  },
  depleted: (world) => depletedLease(world),
  "of a silent provider": async (world) => {
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD + LAPSE_PERIOD);
    return leaseId;
  },
  "of a provider silent inside the minimum": async (world) => {
    const terms = termsOf(world.usd, { minPeriod: 7_200n });
    const leaseId = await startLease(world, { offerId: await createOffer(world.market, world.owner, terms) });
    await advance(REPORT_PERIOD + 1n);
    return leaseId;
  },
  lapsed: async (world) => {
    const leaseId = await startLease(world);
    await lapse();
    return leaseId;
  },
  "paused and lapsed": async (world) => {
    const leaseId = await pausedLease(world);
    await lapse();
    return leaseId;
  },
};

describe("leaseSummary", () => {
  for (const [name, build] of Object.entries(SCENES)) {
    it(`foretells to the unit what the tenant's close refunds: ${name}`, async () => {
      const world = await loadWorld();
      const leaseId = await build(world);
      const { refundable, collateral, status } = await summaryOf(world, leaseId);
      await world.market.connect(world.tenant).close(leaseId);
      const forfeited = status === Status.Lapsed ? collateral : 0n;
      expect(await freeOf(world, world.tenant)).to.equal(refundable + forfeited);
    });

    it(`foretells to the unit what the provider's close bills: ${name}`, async () => {
      const world = await loadWorld();
      const leaseId = await build(world);
      const before = await freeOf(world, world.owner);
      const accrued = await world.market.accruedOf(leaseId);
      expect((await summaryOf(world, leaseId)).accrued).to.equal(accrued);
      await world.market.connect(world.operator).closeByProvider(0n, [leaseId], 0n);
      expect((await freeOf(world, world.owner)) - before).to.equal(accrued);
    });

    it(`shows the depletion point that a settlement leaves: ${name}`, async () => {
      const world = await loadWorld();
      const leaseId = await build(world);
      const before = await world.market.depletionOf(leaseId);
      await world.market.settle([leaseId]);
      expect(await world.market.depletionOf(leaseId)).to.deep.equal(before);
    });
  }

  it("is all zero under a number that was not given out", async () => {
    const { market } = await loadWorld();
    for (const leaseId of [0n, 99n]) {
      const summary = await market.leaseSummary(leaseId);
      for (const value of summary) expect([0n, false, ZeroAddress]).to.include(value);
    }
  });

  it("shows the minimum as used from its last second on, settled or not", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(MIN_PERIOD - 1n);
    expect((await summaryOf(world, leaseId)).inMinimum).to.equal(true);
    await advance(1n);
    expect((await summaryOf(world, leaseId)).inMinimum).to.equal(false);
  });

  it("shows a late start and a silent provider from the first second on", async () => {
    const world = await loadWorld();
    const leaseId = await openLease(world);
    const seen: boolean[][] = [];
    for (const seconds of [START_PERIOD, 1n, REPORT_PERIOD - START_PERIOD - 1n, 1n]) {
      await advance(seconds);
      const { startLate, silent } = await summaryOf(world, leaseId);
      seen.push([startLate, silent]);
    }
    expect(seen).to.deep.equal([
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ]);
  });
});

describe("leaseSummaries", () => {
  it("answers in the order asked for, unknown ones and duplicates included", async () => {
    const world = await loadWorld();
    const { market } = world;
    const [first, second] = [await openLease(world), await startLease(world)];
    const summaries = await market.leaseSummaries([second, 99n, first, second]);
    expect(summaries.map(({ status }) => status)).to.deep.equal([
      Status.Active,
      Status.None,
      Status.Pending,
      Status.Active,
    ]);
    expect(summaries[0]).to.deep.equal(await market.leaseSummary(second));
    expect(await market.leaseSummaries([])).to.deep.equal([]);
  });
});

describe("statusOf", () => {
  it("follows the first match: closed, pending, depleted, lapsed, paused, active", async () => {
    const world = await loadWorld();
    const { market } = world;
    const [closed, pending] = [await endedByProvider(world), await openLease(world)];
    const [active, paused] = [await startLease(world), await pausedLease(world)];
    const short = await startLease(world, { amount: usd(1) });
    const pausedShort = await pausedLease(world, { amount: usd(1) });
    const all = [closed, pending, active, paused, short, pausedShort, 99n];
    const statuses = (): Promise<bigint[]> => Promise.all(all.map((leaseId) => market.statusOf(leaseId)));
    const { Closed, Pending, Active, Paused, Depleted, Lapsed, None } = Status;
    expect(await statuses()).to.deep.equal([Closed, Pending, Active, Paused, Active, Paused, None]);
    await advance(REPORT_PERIOD);
    expect(await statuses()).to.deep.equal([Closed, Pending, Active, Paused, Depleted, Paused, None]);
    await advance(LAPSE_PERIOD + 1n);
    expect(await statuses()).to.deep.equal([Closed, Pending, Lapsed, Lapsed, Depleted, Lapsed, None]);
  });

  it("is depleted in the exact second in which the balance is used up, and not before", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world, { amount: usd(1) });
    await advance(REPORT_PERIOD - 1n);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Active);
    await advance(1n);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Depleted);
  });
});

describe("accruedOf", () => {
  it("grows by the second, inside the minimum as well, up to the balance", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world, { amount: usd("0.5") });
    const seen: bigint[] = [];
    for (const seconds of [1n, 29n, 1_769n, 1n, 600n]) {
      await advance(seconds);
      seen.push(await world.market.accruedOf(leaseId));
    }
    expect(seen).to.deep.equal([277n, 8_333n, owed(RATE, 1_799n), usd("0.5"), usd("0.5")]);
  });

  it("stands still while the provider is silent", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD);
    const before = await world.market.accruedOf(leaseId);
    await advance(REPORT_PERIOD);
    expect(await world.market.accruedOf(leaseId)).to.equal(before);
  });

  it("is nothing on pending, paused and closed leases, and refuses unknown ones", async () => {
    const world = await loadWorld();
    const ids = [await openLease(world), await pausedLease(world), await endedByProvider(world)];
    await advance(1_000n);
    for (const leaseId of ids) expect(await world.market.accruedOf(leaseId)).to.equal(0n);
    await expect(world.market.accruedOf(99n))
      .to.be.revertedWithCustomError(world.market, "LeaseUnknown")
      .withArgs(99n);
  });
});

describe("depletionOf", () => {
  it("tells clock and earliest time of an active lease", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    const startedAt = now();
    await advance(1_000n);
    expect(await world.market.depletionOf(leaseId)).to.deep.equal([36_000n, startedAt + 36_000n]);
  });

  it("moves the earliest time on while the provider is silent, and the clock not", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD + 500n);
    expect(await world.market.depletionOf(leaseId)).to.deep.equal([36_000n, now() + 36_000n - REPORT_PERIOD]);
  });

  it("names no time where the meter does not run", async () => {
    const world = await loadWorld();
    const ids = [await openLease(world), await pausedLease(world), await endedByProvider(world)];
    ids.push(await depletedLease(world));
    for (const leaseId of ids) expect((await world.market.depletionOf(leaseId))[1]).to.equal(0n);
    const lapsed = await startLease(world);
    await lapse();
    expect((await world.market.depletionOf(lapsed))[1]).to.equal(0n);
  });

  it("tells the clock all the same where the meter does not run", async () => {
    const world = await loadWorld();
    const paused = await pausedLease(world);
    const { settledClock, depletionClock } = await summaryOf(world, paused);
    expect(depletionClock).to.be.above(settledClock);
    expect(await world.market.depletionOf(paused)).to.deep.equal([depletionClock, 0n]);
  });

  it("is exact to the second at a settlement in the middle of a unit", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world, { amount: usd(1) });
    await advance(REPORT_PERIOD - 1n);
    await world.market.settle([leaseId]);
    const { balance, remainder } = await summaryOf(world, leaseId);
    expect([balance, remainder]).to.deep.equal([277n, 22n]);
    expect((await world.market.depletionOf(leaseId))[0]).to.equal(REPORT_PERIOD);
  });

  it("saturates at 32 bits, and the lease closes all the same", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, operator } = world;
    const token = await deploySecondToken(world);
    await token.connect(tenant).mint(tenant, MAX_BALANCE);
    const terms = termsOf(token, { collateral: 0n, minPeriod: 0n, milliRatePerSecond: 1n });
    const leaseId = await openLease(world, {
      offerId: await createOffer(market, owner, terms),
      amount: MAX_BALANCE,
    });
    await market.connect(operator).start(0n, [leaseId]);
    await advance(2_500n);
    expect(await market.depletionOf(leaseId)).to.deep.equal([MAX_CLOCK, now() + MAX_CLOCK - 2_500n]);
    expect((await summaryOf(world, leaseId)).depletionClock).to.equal(MAX_CLOCK);
    await market.connect(tenant).close(leaseId);
    expect(await market.balanceOf(token, tenant)).to.equal(MAX_BALANCE - 2n);
    expect(await market.balanceOf(token, owner)).to.equal(2n);
  });

  it("refuses unknown leases", async () => {
    const { market } = await loadWorld();
    await expect(market.depletionOf(99n)).to.be.revertedWithCustomError(market, "LeaseUnknown").withArgs(99n);
  });
});

describe("providerOf", () => {
  it("is all zero for an account that is not registered", async () => {
    const { market, stranger } = await loadWorld();
    const summary = await market.providerOf(stranger);
    for (const value of summary) expect([0n, false, ZeroAddress]).to.include(value);
  });
});

describe("version", () => {
  it("names the rules, and the periods are what was deployed", async () => {
    const { market } = await loadWorld();
    expect(await market.version()).to.equal("1.0.0");
    expect([await market.LAPSE_PERIOD(), await market.DISPUTE_WINDOW()]).to.deep.equal([259_200n, 172_800n]);
  });
});

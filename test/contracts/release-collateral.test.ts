// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import { Cause } from "../helpers/enums.ts";
import {
  depletedLease,
  endedByProvider,
  lapse,
  openLease,
  pausedLease,
  report,
  serve,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { DISPUTE_WINDOW, advance } from "../helpers/time.ts";
import { COLLATERAL, RETENTION_PERIOD, STAKE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

async function expectLocked(world: World, leases: bigint): Promise<void> {
  expect(await world.market.stakeOf(world.usd, world.owner)).to.deep.equal([STAKE, leases * COLLATERAL]);
}

describe("releaseCollateral", () => {
  it("is anybody's after the window, and nobody's but the tenant's in its last second", async () => {
    const world = await loadWorld();
    const { market, owner, operator, stranger } = world;
    const leaseId = await endedByProvider(world);
    await advance(DISPUTE_WINDOW);
    for (const caller of [owner, operator, stranger]) {
      await expect(market.connect(caller).releaseCollateral([leaseId])).not.to.emit(
        market,
        "CollateralUnlocked",
      );
    }
    await expectLocked(world, 1n);
    await advance(1n);
    await expect(market.connect(stranger).releaseCollateral([leaseId]))
      .to.emit(market, "CollateralUnlocked")
      .withArgs(leaseId, owner, COLLATERAL);
    await expectLocked(world, 0n);
    expect((await summaryOf(world, leaseId)).collateral).to.equal(0n);
  });

  it("is the tenant's at once", async () => {
    const world = await loadWorld();
    const leaseId = await endedByProvider(world);
    await expect(world.market.connect(world.tenant).releaseCollateral([leaseId]))
      .to.emit(world.market, "CollateralUnlocked")
      .withArgs(leaseId, world.owner, COLLATERAL);
    await expectLocked(world, 0n);
  });

  it("frees what was completed and what was depleted by the same rule", async () => {
    const world = await loadWorld();
    const { market, operator, stranger } = world;
    const [completed, depleted] = [await startLease(world), await depletedLease(world)];
    await market.connect(operator).complete(0n, completed, 0n, "");
    await report(world);
    await serve(world, RETENTION_PERIOD);
    await market.connect(stranger).close(depleted);
    await advance(DISPUTE_WINDOW);
    await market.connect(stranger).releaseCollateral([completed, depleted]);
    await expectLocked(world, 1n);
    await advance(1n);
    await market.connect(stranger).releaseCollateral([completed, depleted]);
    await expectLocked(world, 0n);
  });

  it("frees a collateral once, however often it is asked", async () => {
    const world = await loadWorld();
    const [first, second] = [await endedByProvider(world), await endedByProvider(world)];
    await advance(DISPUTE_WINDOW + 1n);
    await world.market.releaseCollateral([first, first]);
    await expectLocked(world, 1n);
    await expect(world.market.connect(world.tenant).releaseCollateral([first])).not.to.emit(
      world.market,
      "CollateralUnlocked",
    );
    await expectLocked(world, 1n);
    await world.market.releaseCollateral([second]);
    await expectLocked(world, 0n);
  });

  it("skips leases that are open, unknown or another tenant's", async () => {
    const world = await loadWorld();
    const { market, otherTenant } = world;
    const ids = [
      await openLease(world),
      await startLease(world),
      await pausedLease(world),
      await depletedLease(world, { amount: usd("0.5") }),
      await endedByProvider(world, { tenant: world.tenant }),
      0n,
      99n,
    ];
    await expect(market.connect(otherTenant).releaseCollateral(ids)).not.to.emit(
      market,
      "CollateralUnlocked",
    );
    await expectLocked(world, 5n);
  });

  it("frees nothing twice: what the close unlocked or forfeited stays as it is", async () => {
    const world = await loadWorld();
    const { market, operator, tenant, unjudgedOfferId } = world;
    const [closed, unjudged, forfeited, witness] = [
      await startLease(world),
      await startLease(world, { offerId: unjudgedOfferId }),
      await startLease(world),
      await startLease(world),
    ];
    await market.connect(tenant).close(closed);
    await market.connect(operator).closeByProvider(0n, [unjudged], Cause.Drain);
    await lapse();
    await market.connect(tenant).close(forfeited);
    await expect(
      market.connect(tenant).releaseCollateral([closed, unjudged, forfeited, witness]),
    ).not.to.emit(market, "CollateralUnlocked");
    expect(await market.stakeOf(world.usd, world.owner)).to.deep.equal([STAKE - COLLATERAL, COLLATERAL]);
  });

  it("has nothing to free where the lease had no collateral", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant, arbitrator } = world;
    const terms = termsOf(token, { collateral: 0n, arbitrator: arbitrator.address });
    const leaseId = await endedByProvider(world, { offerId: await createOffer(market, owner, terms) });
    await expect(market.connect(tenant).releaseCollateral([leaseId])).not.to.emit(
      market,
      "CollateralUnlocked",
    );
  });

  it("takes 128 ids, and refuses 129", async () => {
    const world = await loadWorld();
    const leaseId = await endedByProvider(world);
    const ids = Array.from({ length: 128 }, (_, index) => (index === 127 ? leaseId : 99n));
    await expect(world.market.connect(world.tenant).releaseCollateral([...ids, 99n]))
      .to.be.revertedWithCustomError(world.market, "LeaseListTooLong")
      .withArgs(129n, 128n);
    await world.market.connect(world.tenant).releaseCollateral(ids);
    await expectLocked(world, 0n);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { getAddress } from "ethers";
import { MAX_RATE } from "../helpers/amounts.ts";
import { networkHelpers } from "../helpers/chain.ts";
import { Cause, Status } from "../helpers/enums.ts";
import { freeOf, lapse, MANIFEST, openLease, report, startLease, summaryOf } from "../helpers/leases.ts";
import { advance, DISPUTE_WINDOW } from "../helpers/time.ts";
import { createOffer, loadWorld, STAKE, termsOf, type World } from "../helpers/world.ts";

/** A started lease of an offer that differs from the standard one, judged by the arbitrator. */
async function startUnder(world: World, changes: Parameters<typeof termsOf>[1], amount = 1_000_000n) {
  const judged = { arbitrator: world.arbitrator.address, ...changes };
  const offerId = await createOffer(world.market, world.owner, termsOf(world.usd, judged));
  return startLease(world, { offerId, amount });
}

describe("the least amounts", () => {
  it("keeps one unit of collateral locked, and unlocks it when the window is over", async () => {
    const world = await loadWorld();
    const { market, owner, usd: token } = world;
    const leaseId = await startUnder(world, { collateral: 1n });
    const closing = market.connect(owner).closeByProvider(0n, [leaseId], Cause.Drain);
    await expect(closing).not.to.emit(market, "CollateralUnlocked");
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, 1n]);
    await advance(DISPUTE_WINDOW + 1n);
    await expect(market.releaseCollateral([leaseId]))
      .to.emit(market, "CollateralUnlocked")
      .withArgs(leaseId, owner, 1n);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, 0n]);
  });

  it("unlocks one unit of collateral where the tenant ends the lease", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, usd: token } = world;
    const leaseId = await startUnder(world, { collateral: 1n });
    await expect(market.connect(tenant).close(leaseId))
      .to.emit(market, "CollateralUnlocked")
      .withArgs(leaseId, owner, 1n);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, 0n]);
  });

  it("forfeits one unit of collateral", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, usd: token } = world;
    const leaseId = await startUnder(world, { collateral: 1n });
    await market.connect(owner).pause(0n, leaseId);
    await lapse();
    const { balance } = await summaryOf(world, leaseId);
    await expect(market.connect(tenant).close(leaseId))
      .to.emit(market, "CollateralForfeited")
      .withArgs(leaseId, owner, tenant, 1n);
    expect(await freeOf(world, tenant)).to.equal(balance + 1n);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE - 1n, 0n]);
  });

  it("says nothing of collateral where there is none", async () => {
    const world = await loadWorld();
    const { market, owner, tenant } = world;
    const [first, second] = [
      await startUnder(world, { collateral: 0n }),
      await startUnder(world, { collateral: 0n }),
    ];
    await expect(market.connect(tenant).close(first)).not.to.emit(market, "CollateralUnlocked");
    await market.connect(owner).pause(0n, second);
    await lapse();
    const closing = market.connect(tenant).close(second);
    await expect(closing).to.emit(market, "LeaseClosed");
    await expect(closing).not.to.emit(market, "CollateralForfeited");
  });

  it("counts the second begun: a unit at three thousandths a second lasts 334 seconds", async () => {
    const world = await loadWorld();
    const leaseId = await startUnder(world, { milliRatePerSecond: 3n, minPeriod: 0n }, 1n);
    expect((await world.market.depletionOf(leaseId)).clock).to.equal(334n);
    await advance(333n);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Active);
    await advance(1n);
    expect(await world.market.statusOf(leaseId)).to.equal(Status.Depleted);
  });

  it("asks for the unit begun: 1,001 thousandths cost two units", async () => {
    const world = await loadWorld();
    const { market, owner, tenant, usd: token } = world;
    const terms = termsOf(token, { milliRatePerSecond: 1_001n, minPeriod: 1n });
    const offerId = await createOffer(market, owner, terms);
    await expect(market.connect(tenant).open(offerId, owner, MAX_RATE, 1n, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "LeaseAmountTooSmall")
      .withArgs(0n, 1n, 2n);
    const leaseId = await openLease(world, { offerId, amount: 2n });
    expect((await summaryOf(world, leaseId)).balance).to.equal(2n);
  });

  it("keeps an odd retention to the second", async () => {
    const world = await loadWorld();
    const { market, stranger } = world;
    const changes = { milliRatePerSecond: 1_000n, minPeriod: 0n, retentionPeriod: 61n };
    const leaseId = await startUnder(world, changes, 10n);
    await advance(70n);
    await report(world);
    await expect(market.connect(stranger).close(leaseId))
      .to.be.revertedWithCustomError(market, "LeaseRetained")
      .withArgs(leaseId, 70n, 71n);
    await advance(1n);
    await expect(market.connect(stranger).close(leaseId)).to.emit(market, "LeaseClosed");
  });

  it("takes the least address for an arbitrator, and a token of one byte of code", async () => {
    const { market, owner } = await loadWorld();
    const token = "0x00000000000000000000000000000000000b0e57";
    await networkHelpers.setCode(token, "0x00");
    const arbitrator = "0x0000000000000000000000000000000000000001";
    const offerId = await createOffer(market, owner, termsOf(token, { arbitrator, collateral: 0n }));
    const { terms } = await market.offerOf(offerId);
    expect([terms.token, terms.arbitrator]).to.deep.equal([getAddress(token), arbitrator]);
  });
});

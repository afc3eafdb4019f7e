// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { owed, usd } from "../helpers/amounts.ts";
import { Status } from "../helpers/enums.ts";
import {
  AMOUNT,
  endedByProvider,
  freeOf,
  lapse,
  openLease,
  pausedLease,
  report,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { DAY, LAPSE_PERIOD, advance } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import { MIN_PERIOD, RATE, REPORT_PERIOD, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

async function expectSkipped(world: World, leaseIds: bigint[]): Promise<void> {
  const settling = world.market.connect(world.stranger).settle(leaseIds);
  await expect(settling).not.to.emit(world.market, "LeaseSettled");
  expect(await freeOf(world, world.owner)).to.equal(0n);
}

describe("settle", () => {
  it("moves what was earned to the provider, whoever calls", async () => {
    const world = await loadWorld();
    const { market, owner, stranger } = world;
    const leaseId = await startLease(world);
    await advance(1_000n);
    const due = owed(RATE, 1_000n);
    await expect(market.connect(stranger).settle([leaseId]))
      .to.emit(market, "LeaseSettled")
      .withArgs(leaseId, owner, due, AMOUNT - due, 1_000n);
    const summary = await summaryOf(world, leaseId);
    expect([summary.balance, summary.remainder, summary.settledClock]).to.deep.equal([
      AMOUNT - due,
      0n,
      1_000n,
    ]);
    expect([summary.inMinimum, summary.status]).to.deep.equal([false, Status.Active]);
    expect(await freeOf(world, owner)).to.equal(due);
  });

  it("changes no sequence: the daemon has nothing to do", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(1_000n);
    await world.market.settle([leaseId]);
    expect((await world.market.providerOf(world.owner)).sequence).to.equal(2n);
  });

  it("does nothing inside the minimum, and bills all of it in its last second", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(MIN_PERIOD - 1n);
    await expectSkipped(world, [leaseId]);
    expect((await summaryOf(world, leaseId)).inMinimum).to.equal(true);
    await advance(1n);
    await world.market.connect(world.stranger).settle([leaseId]);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, MIN_PERIOD));
    expect((await summaryOf(world, leaseId)).inMinimum).to.equal(false);
  });

  it("does nothing twice in one second", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(1_000n);
    const settling = world.market.settle([leaseId, leaseId]);
    await expect(settling).to.emit(world.market, "LeaseSettled");
    await expect(world.market.connect(world.stranger).settle([leaseId])).not.to.emit(
      world.market,
      "LeaseSettled",
    );
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, 1_000n));
  });

  it("skips pending, paused, closed and unknown leases, in a list and alone", async () => {
    const world = await loadWorld();
    const ids = [await openLease(world), await pausedLease(world), await endedByProvider(world), 0n, 99n];
    await advance(2_000n);
    await expectSkipped(world, ids);
    for (const leaseId of ids) await expectSkipped(world, [leaseId]);
  });

  it("settles what can be settled between others, of any provider and currency", async () => {
    const world = await loadWorld();
    const { market, owner, rival, rivalOperator, rivalOfferId } = world;
    const pending = await openLease(world);
    const mine = await startLease(world);
    const foreign = await openLease(world, { offerId: rivalOfferId });
    await market.connect(rivalOperator).start(0n, [foreign]);
    await advance(1_000n);
    await market.connect(world.stranger).settle([pending, mine, 99n, foreign, mine]);
    expect(await freeOf(world, owner)).to.equal(owed(RATE, 1_000n));
    expect(await freeOf(world, rival)).to.equal(owed(RATE, 1_000n));
  });

  it("credits every provider in every currency his own, whatever the order of the list", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, rival, rivalOperator, rivalOfferId } = world;
    const other = await deploySecondToken(world);
    const elsewhere = await createOffer(market, owner, termsOf(other, { collateral: 0n }));
    const [first, second] = [await startLease(world), await startLease(world)];
    const foreign = await openLease(world, { offerId: rivalOfferId });
    await market.connect(rivalOperator).start(0n, [foreign]);
    const exotic = await startLease(world, { offerId: elsewhere });
    await advance(1_000n);
    await market.connect(world.stranger).settle([first, foreign, second, 99n, exotic, foreign]);
    const earned = owed(RATE, 1_000n);
    expect(await market.balanceOf(token, owner)).to.equal(2n * earned);
    expect(await market.balanceOf(other, owner)).to.equal(earned);
    expect([await market.balanceOf(token, rival), await market.balanceOf(other, rival)]).to.deep.equal([
      earned,
      0n,
    ]);
  });

  it("bills a list by each offer's own provider, be the next one its neighbour upwards or downwards", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, rival, rivalOperator, unjudgedOfferId, rivalOfferId } = world;
    expect(rivalOfferId).to.equal(unjudgedOfferId + 1n);
    const own = await startLease(world, { offerId: unjudgedOfferId });
    const foreign = await openLease(world, { offerId: rivalOfferId });
    await market.connect(rivalOperator).start(0n, [foreign]);
    const earned = owed(RATE, 1_000n);
    for (const [round, list] of [
      [1n, [own, foreign]],
      [2n, [foreign, own]],
    ] as const) {
      await advance(1_000n);
      await market.settle([...list]);
      expect(await market.balanceOf(token, owner)).to.equal(round * earned);
      expect(await market.balanceOf(token, rival)).to.equal(round * earned);
    }
  });

  it("settles a depleted lease to its depletion point, not further", async () => {
    const world = await loadWorld();
    const { market, owner } = world;
    const leaseId = await startLease(world, { amount: usd("0.5") });
    await advance(REPORT_PERIOD);
    await expect(market.connect(world.stranger).settle([leaseId]))
      .to.emit(market, "LeaseSettled")
      .withArgs(leaseId, owner, usd("0.5"), 0n, 1_800n);
    await report(world);
    await advance(REPORT_PERIOD);
    await expect(market.connect(world.stranger).settle([leaseId])).not.to.emit(market, "LeaseSettled");
    const summary = await summaryOf(world, leaseId);
    expect([summary.settledClock, summary.depletionClock]).to.deep.equal([1_800n, 1_800n]);
    expect(summary.status).to.equal(Status.Depleted);
  });

  it("leaves the retention of a depleted lease where it was", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, stranger } = world;
    const terms = termsOf(token, { retentionPeriod: 1_000n });
    const leaseId = await startLease(world, {
      offerId: await createOffer(market, owner, terms),
      amount: usd("0.5"),
    });
    await advance(2_799n);
    await market.connect(stranger).settle([leaseId]);
    await expect(market.connect(stranger).close(leaseId))
      .to.be.revertedWithCustomError(market, "LeaseRetained")
      .withArgs(leaseId, 2_799n, 2_800n);
    await advance(1n);
    await market.connect(stranger).settle([leaseId]);
    await expect(market.connect(stranger).close(leaseId)).to.emit(market, "LeaseClosed");
  });

  it("bills a silent provider's lease up to one report period past the last report", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(REPORT_PERIOD + LAPSE_PERIOD);
    await world.market.settle([leaseId]);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, REPORT_PERIOD));
    await advance(DAY);
    await expect(world.market.connect(world.stranger).settle([leaseId])).not.to.emit(
      world.market,
      "LeaseSettled",
    );
  });

  it("bills a lapsed provider's lease to his stalled clock, and a paused one not at all", async () => {
    const world = await loadWorld();
    const [running, paused] = [await startLease(world), await pausedLease(world)];
    await lapse();
    await world.market.connect(world.stranger).settle([running, paused]);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, REPORT_PERIOD));
    expect((await summaryOf(world, paused)).balance).to.equal(AMOUNT);
    expect(await world.market.statusOf(running)).to.equal(Status.Lapsed);
  });

  it("takes 128 ids, none, and refuses 129", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    await advance(1_000n);
    const ids = Array.from({ length: 128 }, (_, index) => (index === 127 ? leaseId : 99n));
    await expect(world.market.connect(world.stranger).settle([...ids, 99n]))
      .to.be.revertedWithCustomError(world.market, "LeaseListTooLong")
      .withArgs(129n, 128n);
    await world.market.connect(world.stranger).settle([]);
    expect(await freeOf(world, world.owner)).to.equal(0n);
    await world.market.connect(world.stranger).settle(ids);
    expect(await freeOf(world, world.owner)).to.equal(owed(RATE, 1_000n));
  });
});

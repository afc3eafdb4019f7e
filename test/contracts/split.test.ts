// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { MAX_RATE, costOf, owed } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { Cause } from "../helpers/enums.ts";
import { AMOUNT, openLease, startExisting, startLease, summaryOf } from "../helpers/leases.ts";
import { advance } from "../helpers/time.ts";
import { fund } from "../helpers/tokens.ts";
import { RATE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

/** Rates below, at and above a base unit a second, co-prime to the thousand, prime, and the largest. */
const RATES = [
  1n,
  3n,
  7n,
  333n,
  999n,
  1_000n,
  1_001n,
  1_999n,
  277_778n,
  1_000_003n,
  10n ** 18n + 9n,
  MAX_RATE,
];
const STEPS = [1n, 1n, 2n, 3n, 5n, 7n, 11n, 13n, 1n, 17n, 19n, 23n, 29n, 31n, 37n];
const TOTAL = STEPS.reduce((sum, step) => sum + step, 0n);

interface Pair {
  world: World;
  /** The provider's earnings from a lease that was settled at every step, and from one that never was. */
  paid: (leaseId: bigint) => Promise<bigint>;
  often: bigint;
  rarely: bigint;
}

async function loadPair(milliRatePerSecond: bigint, amount: bigint): Promise<Pair> {
  const world = await loadWorld();
  const token = await ethers.deployContract("MockUSD", world.deployer);
  await fund(world, token, 2n ** 100n);
  const terms = termsOf(token, { milliRatePerSecond, collateral: 0n, minPeriod: 0n });
  const offerId = await createOffer(world.market, world.owner, terms);
  const [often, rarely] = [
    await openLease(world, { offerId, amount }),
    await openLease(world, { offerId, amount }),
  ];
  await startExisting(world, [often, rarely]);
  const paid = async (leaseId: bigint): Promise<bigint> => amount - (await summaryOf(world, leaseId)).balance;
  return { world, paid, often, rarely };
}

describe("settling often or rarely gives the same totals", () => {
  for (const rate of RATES) {
    it(`agrees at ${rate} thousandths a second, with money left`, async () => {
      const { world, paid, often, rarely } = await loadPair(rate, costOf(rate, 2n * TOTAL));
      for (const step of STEPS) {
        await advance(step);
        await world.market.settle([often]);
      }
      await world.market.settle([rarely]);
      const [left, right] = [await summaryOf(world, often), await summaryOf(world, rarely)];
      expect(await paid(often)).to.equal(owed(rate, TOTAL));
      expect([left.balance, left.remainder, left.settledClock, left.depletionClock]).to.deep.equal([
        right.balance,
        right.remainder,
        right.settledClock,
        right.depletionClock,
      ]);
    });

    it(`agrees at ${rate} thousandths a second, to the last unit and beyond`, async () => {
      const amount = costOf(rate, TOTAL / 2n);
      const { world, often, rarely } = await loadPair(rate, amount);
      for (const step of STEPS) {
        await advance(step);
        await world.market.settle([often]);
      }
      await world.market.settle([rarely]);
      const [left, right] = [await summaryOf(world, often), await summaryOf(world, rarely)];
      expect([left.balance, left.remainder]).to.deep.equal([right.balance, right.remainder]);
      expect(left.settledClock).to.equal(right.settledClock);
      expect(left.status).to.equal(right.status);
    });
  }

  it("agrees through pauses, resumptions and top-ups as well", async () => {
    const world = await loadWorld();
    const { market, owner, operator, stranger, usd: token } = world;
    const [often, rarely] = [await startLease(world), await startLease(world)];
    for (const step of [701n, 13n, 29n, 501n]) {
      await advance(step);
      await market.connect(stranger).settle([often]);
      await market.connect(stranger).topUp(often, 1n);
      await market.connect(stranger).topUp(rarely, 1n);
      for (const leaseId of [often, rarely]) await market.connect(operator).pause(0n, leaseId);
      await advance(17n);
      for (const leaseId of [often, rarely]) await market.connect(operator).resume(0n, leaseId);
    }
    await market.connect(operator).closeByProvider(0n, [often, rarely], Cause.Drain);
    expect(await market.balanceOf(token, owner)).to.equal(2n * owed(RATE, 1_244n));
    expect(await market.balanceOf(token, world.tenant)).to.equal(2n * (AMOUNT + 4n - owed(RATE, 1_244n)));
  });

  it("agrees in every second of a short life", async () => {
    const { world, paid, often } = await loadPair(1_999n, 100n);
    for (let second = 1n; second <= 55n; second += 1n) {
      await advance(1n);
      await world.market.settle([often]);
      const due = owed(1_999n, second);
      expect(await paid(often)).to.equal(due < 100n ? due : 100n);
    }
  });
});

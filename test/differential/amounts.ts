// SPDX-License-Identifier: Apache-2.0
import { clockOf, costOf, depletionClock, offerOf, providerOf, statusName } from "../model/lease-math.ts";
import type { Lease, Offer } from "../model/state.ts";
import { bondOf } from "../model/disputes.ts";
import type { Scene } from "./scene.ts";

const MAX_BALANCE = 2n ** 96n - 1n;

/** The amount, one less, one more. */
export function around(amount: bigint): bigint[] {
  return amount > 0n ? [amount - 1n, amount, amount + 1n] : [amount, amount + 1n];
}

/** Money for so many seconds at a rate, the least that pays them, and its neighbours. */
function moneyFor(rate: bigint, seconds: bigint): bigint[] {
  return around(costOf(rate, seconds));
}

/** What to open a lease with: at the minimum, for a while longer, or at the ends of what can be written. */
export function openingAmount({ dice }: Scene, offer: Offer, rate: bigint): bigint {
  const { minPeriod } = offer.terms;
  const least = costOf(rate, minPeriod);
  return dice.weigh([
    [least, 20],
    [dice.pick(moneyFor(rate, minPeriod)), 12],
    [costOf(rate, minPeriod + dice.between(1n, 900n)), 22],
    [costOf(rate, minPeriod + dice.between(900n, 20_000n)), 40],
    [least + dice.between(0n, 5n), 8],
    [dice.pick([0n, 1n]), 3],
    [dice.pick([MAX_BALANCE, MAX_BALANCE + 1n, 2n ** 256n - 1n]), 3],
  ]);
}

/** What to add to a lease: little, what a revival needs, or up to the largest balance. */
export function topUpAmount({ dice, state }: Scene, lease: Lease | undefined): bigint {
  if (lease === undefined) return 1n;
  const { minPeriod } = offerOf(state, lease).terms;
  const { reportPeriod } = providerOf(state, lease);
  const seconds = minPeriod > reportPeriod ? minPeriod : reportPeriod;
  const revival = statusName(state, lease) === "Depleted";
  return dice.weigh([
    [costOf(lease.rate, seconds), revival ? 50 : 4],
    [dice.pick(moneyFor(lease.rate, seconds)), revival ? 16 : 4],
    [dice.between(1n, 9n), 16],
    [costOf(lease.rate, dice.between(1n, 300n)), 16],
    [0n, 2],
    [dice.pick(around(MAX_BALANCE - lease.balance)), 3],
  ]);
}

/** What to take of a pile: a part, all, one too many, or all but what a bond or a minimum needs. */
export function takeAmount({ dice, state, focus }: Scene, available: bigint): bigint {
  const bond = focus === undefined ? 1n : bondOf(offerOf(state, focus).terms.collateral);
  const left = available > bond ? available - bond : 0n;
  return dice.weigh([
    [dice.pick([0n, 1n]), 2],
    [dice.pick([available, available + 1n]), 4],
    [dice.pick([left, left + 1n]), 2],
    [dice.between(0n, available), 8],
    [2n ** 256n - 1n, 1],
  ]);
}

/** What a dispute can be about, and what a ruling can give, with a step past either end. */
export function shareOf({ dice }: Scene, whole: bigint): bigint {
  return dice.weigh([
    [0n, 4],
    [1n, 2],
    [whole, 6],
    [dice.pick(around(whole)), 3],
    [dice.between(0n, whole), 6],
  ]);
}

/** A price: small and without common factors, the standing one, or at the ends; for one that just covers its minimum as well. */
export function rateFor({ dice, state }: Scene, lease: Lease | undefined): bigint {
  const covered: bigint[] = [];
  if (lease !== undefined) {
    const { minPeriod } = offerOf(state, lease).terms;
    if (minPeriod > 0n) covered.push((1_000n * lease.balance) / minPeriod);
    const left = depletionClock(lease) - clockOf(state, lease);
    if (left > 0n) covered.push((1_000n * lease.balance) / left);
  }
  const exact = covered.flatMap(around).filter((rate) => rate < 2n ** 74n);
  return dice.weigh([
    [dice.pick([1n, 3n, 7n, 333n, 999n, 1_000n, 1_001n, 7_919n, 277_778n]), 12],
    [dice.pick(exact.length > 0 ? exact : [13n]), 6],
    [dice.pick([0n, 2n ** 74n - 1n, 2n ** 74n]), 1],
  ]);
}

// SPDX-License-Identifier: Apache-2.0

const BITS = 64n;
const MASK = (1n << BITS) - 1n;

/** Chance that repeats itself: the same seed, the same throws. */
export class Dice {
  #state: bigint;

  constructor(seed: bigint, stream: bigint) {
    this.#state = (seed * 0x9e3779b97f4a7c15n + stream * 0xd1342543de82ef95n + 1n) & MASK;
    for (let round = 0; round < 4; round += 1) this.#next();
  }

  /** A whole number from 0 to below `limit`, which is at most 2^32. */
  below(limit: number): number {
    return Number((this.#next() * BigInt(limit)) >> BITS);
  }

  /** A number within bounds, both included. */
  between(low: bigint, high: bigint): bigint {
    return low + ((this.#next() * (high - low + 1n)) >> BITS);
  }

  /** True so often, 0 to 1. */
  chance(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  /** One of several, each as often as its weight says. */
  weigh<Item>(items: readonly (readonly [item: Item, weight: number])[]): Item {
    let left = this.below(items.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new Error("nothing to weigh");
  }

  #next(): bigint {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & MASK;
    let mixed = this.#state;
    mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return mixed ^ (mixed >> 31n);
  }
}

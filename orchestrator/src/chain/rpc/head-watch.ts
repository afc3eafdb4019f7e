// SPDX-License-Identifier: Apache-2.0

/** Milliseconds after which a head that went back is taken for the chain's own, where nobody shows a better one. */
const REGRESS_PATIENCE = 60_000;

/** The heads that one endpoint showed. One that goes back is a node that is behind, and not yet a replaced chain. */
export class HeadWatch {
  #latest: bigint | null = null;
  #highest = 0n;
  #backSince: number | null = null;

  /** Notes a head at a moment, by the monotonic clock. */
  saw(number: bigint, now: number): void {
    this.#latest = number;
    if (number < this.#highest && this.#backSince === null) this.#backSince = now;
    const isAccepted = this.#backSince !== null && now - this.#backSince >= REGRESS_PATIENCE;
    if (number < this.#highest && !isAccepted) return;
    this.#highest = number;
    this.#backSince = null;
  }

  latest(): bigint | null {
    return this.#latest;
  }

  /** Whether it went back, or is more than so many blocks behind the best head. */
  isStale(best: bigint, lagBlocks: bigint): boolean {
    return this.#backSince !== null || (this.#latest !== null && best - this.#latest > lagBlocks);
  }
}

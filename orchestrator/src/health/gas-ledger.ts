// SPDX-License-Identifier: Apache-2.0

/** Reports whose cost is remembered. */
const REMEMBERED = 8;
/** Units of gas that a report is taken to need until one of ours has been paid for: above what a usual one takes. */
const ASSUMED_GAS = 100_000n;

/** What the last reports cost, and so what the next one is likely to. */
export class GasLedger {
  #costs: readonly bigint[] = [];

  /** Notes what a report cost, in wei. */
  noteReport(cost: bigint): void {
    this.#costs = [...this.#costs, cost].slice(-REMEMBERED);
  }

  /** The mean of the last reports in wei, or an assumption at today's gas price before the first. */
  costOfReport(gasPrice: bigint): bigint {
    if (this.#costs.length === 0) return ASSUMED_GAS * gasPrice;
    return this.#costs.reduce((sum, cost) => sum + cost, 0n) / BigInt(this.#costs.length);
  }
}

// SPDX-License-Identifier: Apache-2.0
import type { PublicClient } from "viem";

/** What a transaction offers per unit of gas, in wei. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** What the chain asks now, by the node's account of it. */
export function marketFees(client: PublicClient): Promise<Fees> {
  return client.estimateFeesPerGas({ chain: client.chain, type: "eip1559" });
}

/** The fees, as far as the highest allowed fee lets them. */
export function capFees({ maxFeePerGas, maxPriorityFeePerGas }: Fees, cap: bigint): Fees {
  const capped = lesserOf(maxFeePerGas, cap);
  return { maxFeePerGas: capped, maxPriorityFeePerGas: lesserOf(maxPriorityFeePerGas, capped) };
}

/**
 * Fees with which a transaction takes the place of one that offers `paid`: an eighth more of both, or what the market asks now if
 * that is more. Null when the cap does not allow it.
 */
export function raiseFees(paid: Fees, market: Fees, cap: bigint): Fees | null {
  const maxFeePerGas = most(anEighthMore(paid.maxFeePerGas), market.maxFeePerGas);
  const maxPriorityFeePerGas = most(anEighthMore(paid.maxPriorityFeePerGas), market.maxPriorityFeePerGas);
  const raised = capFees({ maxFeePerGas, maxPriorityFeePerGas }, cap);
  const suffices =
    raised.maxFeePerGas >= anEighthMore(paid.maxFeePerGas) &&
    raised.maxPriorityFeePerGas >= anEighthMore(paid.maxPriorityFeePerGas);
  return suffices ? raised : null;
}

/** At least 1 wei more: nodes take no equal offer. */
function anEighthMore(fee: bigint): bigint {
  return fee + most((fee + 7n) / 8n, 1n);
}

/** The smaller of two amounts. */
export function lesserOf(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

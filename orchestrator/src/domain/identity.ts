// SPDX-License-Identifier: Apache-2.0

/** Which market this daemon serves; two markets, or two chains, never touch each other's containers. */
export interface MarketIdentity {
  readonly chainId: number;
  /** Checksummed address of the ComputeMarket. */
  readonly market: `0x${string}`;
}

export type LeaseId = bigint;

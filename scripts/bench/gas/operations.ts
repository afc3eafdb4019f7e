// SPDX-License-Identifier: Apache-2.0

/**
 * Every figure of the benchmark. `report` is the largest of the three that follow it, made with so many leases open;
 * `...PerLease` is a transaction over a list of 100 divided by 100; `wholeLife` is the sum of the four transactions of one lease.
 */
export const OPERATIONS = [
  "register",
  "stakeFirst",
  "stake",
  "createOffer",
  "open",
  "openFromBalance",
  "start",
  "report",
  "report1",
  "report100",
  "report10000",
  "inlinePerLease",
  "settle",
  "settlePerLease",
  "topUp",
  "topUpFromBalance",
  "close",
  "claimPerLease",
  "withdraw",
  "wholeLife",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/** receipt.gasUsed, by operation. */
export type Figures = Readonly<Record<string, number>>;

/** What `bench/gas.json` holds. */
export interface GasResult {
  readonly settings: {
    readonly compiler: string;
    readonly viaIR: boolean;
    readonly runs: number;
    readonly evmVersion: string;
    readonly hardfork: string;
    readonly runtimeBytes: number;
    readonly command: string;
  };
  /** With a plain ERC-20 of OpenZeppelin 5. */
  readonly operations: Figures;
  /** With a token of USDC's shape. */
  readonly usdc: Figures;
}

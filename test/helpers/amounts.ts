// SPDX-License-Identifier: Apache-2.0
import { parseUnits } from "ethers";

export const MILLI = 1_000n;
export const MAX_BALANCE = 2n ** 96n - 1n;
export const MAX_RATE = 2n ** 74n - 1n;
export const MAX_CLOCK = 2n ** 32n - 1n;

/** Dollars in base units of a token with six decimals. */
export function usd(dollars: string | number): bigint {
  return parseUnits(String(dollars), 6);
}

/** What `seconds` at a rate cost, in whole base units, the thousandths dropped. */
export function owed(milliRate: bigint, seconds: bigint): bigint {
  return (milliRate * seconds) / MILLI;
}

/** The least number of base units that pays `seconds` at a rate. */
export function costOf(milliRate: bigint, seconds: bigint): bigint {
  return (milliRate * seconds + MILLI - 1n) / MILLI;
}

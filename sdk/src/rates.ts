// SPDX-License-Identifier: Apache-2.0
import { formatAmount, parseDecimal } from "./amounts.ts";
import { UserError } from "./errors.ts";

export type RateUnit = "second" | "hour" | "month";

/** Highest rate that a lease can hold, in thousandths of a base unit per second. */
export const MAX_MILLI_RATE = 2n ** 74n - 1n;

const MILLI_DECIMALS = 3;
const SUFFIXES = { second: "/s", hour: "/h", month: "/mo" } as const;
/** A month is 30 days. */
const SECONDS = { second: 1n, hour: 3_600n, month: 2_592_000n } as const;
const UNITS = ["second", "hour", "month"] as const;

/**
 * Thousandths of a token base unit per second for "1.00/h", "0.5/s" or "700/mo" in whole tokens, rounded up to the step.
 * Throws UserError E_RATE_INVALID for anything else, E_RATE_OUT_OF_BOUNDS below 1 or above MAX_MILLI_RATE.
 */
export function parseRate(text: string, decimals: number): bigint {
  const unit = UNITS.find((candidate) => text.endsWith(SUFFIXES[candidate]));
  const price = unit && parseDecimal(text.slice(0, -SUFFIXES[unit].length));
  if (unit === undefined || price === undefined) throw invalid(text);
  const numerator = price.digits * 10n ** BigInt(decimals + MILLI_DECIMALS);
  const denominator = 10n ** BigInt(price.scale) * SECONDS[unit];
  const milliRate = (numerator + denominator - 1n) / denominator;
  if (milliRate < 1n || milliRate > MAX_MILLI_RATE) throw outOfBounds(text, decimals, unit);
  return milliRate;
}

/** The exact price of a unit of time in whole tokens, with its suffix: `parseRate` reads the same rate back. */
export function formatRate(milliRate: bigint, decimals: number, unit: RateUnit): string {
  return formatAmount(milliRate * SECONDS[unit], decimals + MILLI_DECIMALS) + SUFFIXES[unit];
}

function invalid(text: string): UserError {
  return new UserError("E_RATE_INVALID", `The rate "${text}" is not a price per second, hour or month.`, {
    atRisk: "nothing: no money has moved",
    next: "Write whole tokens and a unit, for example 1.00/h, 0.0003/s or 700/mo (a month is 30 days).",
    facts: { rate: text },
  });
}

function outOfBounds(text: string, decimals: number, unit: RateUnit): UserError {
  const [lowest, highest] = [formatRate(1n, decimals, unit), formatRate(MAX_MILLI_RATE, decimals, unit)];
  return new UserError(
    "E_RATE_OUT_OF_BOUNDS",
    `The rate "${text}" is not between ${lowest} and ${highest}.`,
    {
      atRisk: "nothing: no money has moved",
      next: "Choose a rate within these bounds.",
      facts: { rate: text, lowest, highest },
    },
  );
}

// SPDX-License-Identifier: Apache-2.0
import { UserError } from "./errors.ts";

const DECIMAL = /^(\d+)(?:\.(\d+))?$/;

/** A decimal number without loss: `digits / 10^scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** Reads "12" or "12.5"; no sign, exponent, separator or space. Undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/**
 * Token base units of a decimal string in whole tokens, exact: "1.5" at 6 decimals is 1,500,000.
 * Throws UserError E_AMOUNT_INVALID for anything that is not such a number, or is finer than the token.
 */
export function parseAmount(text: string, decimals: number): bigint {
  const decimal = parseDecimal(text);
  if (decimal === undefined) throw invalid(text, "is not a decimal number such as 12 or 12.5");
  if (decimal.scale > decimals) throw invalid(text, `has more than the token's ${decimals} decimal places`);
  return decimal.digits * 10n ** BigInt(decimals - decimal.scale);
}

/** The shortest decimal string that `parseAmount` reads back as the same number of base units. */
export function formatAmount(units: bigint, decimals: number): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

function invalid(text: string, problem: string): UserError {
  return new UserError("E_AMOUNT_INVALID", `The amount "${text}" ${problem}.`, {
    atRisk: "nothing: no money has moved",
    next: "Write the amount in whole tokens, with a point and no sign, for example 12.5.",
    facts: { amount: text },
  });
}

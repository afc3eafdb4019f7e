// SPDX-License-Identifier: Apache-2.0
import { ISOLATION_TIERS, type IsolationTier } from "../../isolation.ts";
import { show } from "../path.ts";
import type { MarketTerms } from "../types.ts";
import { parseRatePerHour, parseTokens } from "../units.ts";
import { fieldsOf, readField, refuse, writtenOf, type ComposeNode } from "./node.ts";

/** No terms: any rate, a deposit named elsewhere, any isolation. */
export const NO_TERMS: MarketTerms = { maxRatePerHour: null, deposit: null, tier: null };

/** Terms of `x-berth`. */
export function readMarket(node: ComposeNode): MarketTerms {
  const fields = fieldsOf(node, "x-berth");
  return {
    maxRatePerHour: readField(fields, "maxRate", readRate, null),
    deposit: readField(fields, "deposit", readDeposit, null),
    tier: readField(fields, "tier", readTier, null),
  };
}

function readRate(node: ComposeNode): string | null {
  const text = writtenOf(node);
  if (text === null) return null;
  const rate = parseRatePerHour(text);
  if (rate === null)
    refuse(node, {
      reason: `${show(text)} is no rate above zero`,
      fix: 'write tokens an hour or a second: "1.00/h", "0.0003/s"',
    });
  return rate;
}

function readDeposit(node: ComposeNode): string | null {
  const text = writtenOf(node);
  if (text === null) return null;
  const tokens = parseTokens(text);
  if (tokens === null)
    refuse(node, {
      reason: `${show(text)} is no amount above zero`,
      fix: 'write tokens, with at most 18 decimals: "1.00"',
    });
  return tokens;
}

function readTier(node: ComposeNode): IsolationTier | null {
  const text = writtenOf(node);
  if (text === null) return null;
  const tier = ISOLATION_TIERS.find((each) => each === text) ?? null;
  if (tier === null)
    refuse(node, {
      reason: `${show(text)} is no isolation tier`,
      fix: `write ${ISOLATION_TIERS.join(", ")}`,
    });
  return tier;
}

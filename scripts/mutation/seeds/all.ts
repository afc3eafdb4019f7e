// SPDX-License-Identifier: Apache-2.0
import type { Seed } from "../seed.ts";
import { AUTHORITY } from "./authority.ts";
import { ENDING } from "./endings.ts";
import { OPENING } from "./openings.ts";
import { QUOTING } from "./quotes.ts";
import { RULING } from "./rulings.ts";
import { SETTLEMENT } from "./settlement.ts";

/**
 * Every known attack, put back by name. `A4` and the like are findings in other markets and escrows, `specification` the rule whose
 * reason it is, `invariant` one of the laws that must hold.
 */
export const SEEDS: readonly Seed[] = [
  ...SETTLEMENT,
  ...OPENING,
  ...AUTHORITY,
  ...QUOTING,
  ...ENDING,
  ...RULING,
];

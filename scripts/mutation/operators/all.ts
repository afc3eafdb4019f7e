// SPDX-License-Identifier: Apache-2.0
import type { Operator } from "../site.ts";
import { branch, connective, relation } from "./conditions.ts";
import { argumentOrder, caller, name, order } from "./mix-ups.ts";
import { arithmetic, extreme, literal, offByOne, rounding, sixtyfold } from "./numbers.ts";
import { noAssignment, noCall, noCheck, noEvent, noModifier } from "./omissions.ts";

/** Every way to make a mistake that is tried. */
export const OPERATORS: readonly Operator[] = [
  relation,
  connective,
  branch,
  arithmetic,
  literal,
  offByOne,
  extreme,
  rounding,
  sixtyfold,
  noCheck,
  noCall,
  noAssignment,
  noEvent,
  noModifier,
  caller,
  name,
  argumentOrder,
  order,
];

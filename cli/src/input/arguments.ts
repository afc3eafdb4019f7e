// SPDX-License-Identifier: Apache-2.0
import { Argument } from "commander";
import { parseWhole } from "./units.ts";

/** The lease that a command is about. */
export function leaseArgument(): Argument {
  return new Argument("<lease>", "number of the lease").argParser(parseWhole);
}

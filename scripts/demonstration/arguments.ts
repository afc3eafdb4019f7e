// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";

/** How the demonstration is run. */
export interface DemonstrationOptions {
  /** Lives one lease to its end instead of staying up. */
  readonly once: boolean;
  /** JSON lines on standard output, and nothing else there. */
  readonly json: boolean;
}

/** Reads the command line. Throws TypeError, in words, for a flag that does not exist. */
export function readArguments(argv: readonly string[]): DemonstrationOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { once: { type: "boolean", default: false }, json: { type: "boolean", default: false } },
  });
  return values;
}

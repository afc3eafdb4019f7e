// SPDX-License-Identifier: Apache-2.0
import type { Check, StalledLoop } from "../domain/health.ts";

/** How the daemon is. Answers at once from what was last looked at: asking costs nothing and reaches nobody. */
export interface Health {
  /** Every check, in the order of `CHECK_NAMES`. One that was not looked at lately is unknown. */
  checks(): readonly Check[];
  /** Loops that stand still; empty while all turn. */
  stalled(): readonly StalledLoop[];
}

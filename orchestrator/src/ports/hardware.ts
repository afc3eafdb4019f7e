// SPDX-License-Identifier: Apache-2.0
import type { Capacity } from "@berth/sdk/hardware";

/** What the machine has for leases. Answers at once from what was last looked at. */
export interface Hardware {
  /** Null while that is not known: nobody has looked yet, or looks fail for too long. */
  capacity(): Capacity | null;
}

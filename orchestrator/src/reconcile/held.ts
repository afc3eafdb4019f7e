// SPDX-License-Identifier: Apache-2.0
import type { Desired, LeaseRefusal } from "../domain/desired.ts";
import type { Failure } from "../domain/failure.ts";
import type { Log } from "../ports/log.ts";
import type { LeaseWork } from "./lease-work.ts";

interface Holding {
  readonly obstacle: () => Failure | null;
  readonly log: Log;
}

/**
 * Whether a lease waits to be begun, and may not be, for what is against it alone (`waits`) or against all; one that goes back to its
 * tenant does not wait. Says why once.
 */
export function isHeld(
  { obstacle, log }: Holding,
  desired: Desired,
  fault: LeaseRefusal | null,
  work: Pick<LeaseWork, "held">,
  waits: Failure | undefined,
): boolean {
  if (fault !== null || desired.kind !== "run") return false;
  const isNew = desired.status === "pending" && !desired.startLate;
  const why = waits ?? (isNew ? obstacle() : null);
  if (why === null) return false;
  if (work.held(why)) log.warn({ leaseId: String(desired.leaseId), ...why }, "lease is not begun");
  return true;
}

// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../domain/identity.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import { adviceOn, type Leftover } from "../domain/leftover.ts";
import type { Log } from "../ports/log.ts";

/** What cannot be cleared away of leases that are over. */
export function leftoversOf(views: readonly LeaseView[]): readonly Leftover[] {
  return views.flatMap(({ leftovers }) => leftovers);
}

/** Says in the log what it is, what is at risk, and what to do. */
export function tellLeftover(log: Log, leaseId: LeaseId, leftover: Leftover): void {
  const { kind, name } = leftover;
  log.error({ leaseId: String(leaseId), kind, name, ...adviceOn(leftover) }, "cannot be cleared away");
}

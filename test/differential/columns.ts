// SPDX-License-Identifier: Apache-2.0
import type { StatusName } from "../helpers/enums.ts";
import { clockOf, retainedUntil, statusName } from "../model/lease-math.ts";
import type { State } from "../model/state.ts";

/** The columns of the table: statuses, told apart where the specification does. */
export type Column = StatusName | "PendingLate" | "DepletedPast" | "LapsedPaused";

/** The column that a lease is in. */
export function columnOf(state: State, id: bigint): Column {
  const lease = state.leases.get(id);
  const status = statusName(state, lease);
  if (lease === undefined) return status;
  if (status === "Pending" && state.now > lease.startBy) return "PendingLate";
  if (status === "Lapsed" && lease.paused) return "LapsedPaused";
  const past = status === "Depleted" && clockOf(state, lease) >= retainedUntil(state, lease);
  return past ? "DepletedPast" : status;
}

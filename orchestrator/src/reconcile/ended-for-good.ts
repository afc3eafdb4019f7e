// SPDX-License-Identifier: Apache-2.0
import type { LeaseKnowledge } from "../domain/desired.ts";
import { isAbsenceFinal, isCloseFinal } from "../domain/finality.ts";
import type { LeaseWork } from "./lease-work.ts";
import type { World } from "./look.ts";

/** Whether nothing takes back what the block shows of a lease: that it is closed, or that it is not there. */
export function hasEndedForGood(
  known: LeaseKnowledge,
  { block, final }: Pick<World, "block" | "final">,
  work: Pick<LeaseWork, "missed">,
): boolean {
  if (known.kind === "unknown") return false;
  const missedAt = work.missed(known.kind === "absent", block.number);
  if (known.kind === "absent") return missedAt !== null && isAbsenceFinal(missedAt, final);
  return known.lease.status === "closed" && isCloseFinal(known.lease.closedAt, block, final);
}

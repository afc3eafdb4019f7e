// SPDX-License-Identifier: Apache-2.0
import type { Desired, LeaseKnowledge } from "../domain/desired.ts";
import { isAbsenceFinal } from "../domain/finality.ts";
import { holderOf, NUMBER_REUSED } from "../domain/holder.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { LeaseWork } from "./lease-work.ts";
import type { World } from "./look.ts";

/**
 * Another holder's workload under this lease's number is never adopted: it rests until the chain that shows the new one is final, and
 * goes then. Null where what is found is this lease's own.
 */
export function quarantineOf(
  log: Log,
  { leaseId }: LeaseKnowledge,
  { anothers, block, final }: World,
  work: Pick<LeaseWork, "missed" | "held">,
): Desired | null {
  if (!anothers.has(leaseId)) return null;
  const missedAt = work.missed(true, block.number);
  const fields = { leaseId: String(leaseId), atRisk: "nothing: no data is deleted, and none is handed on" };
  if (work.held(NUMBER_REUSED))
    log.warn({ ...fields, ...NUMBER_REUSED }, "another lease has this number now");
  return { kind: "quarantine", leaseId, isFinal: missedAt !== null && isAbsenceFinal(missedAt, final) };
}

/** Notes whose workload is about to be begun, or, of one that an earlier version began, whose it is taken to be. */
export function bindHolder(
  journal: Pick<Journal, "bindHolder">,
  known: LeaseKnowledge,
  { kind }: Desired,
): void {
  if (known.kind === "known" && kind === "run") journal.bindHolder(known.leaseId, holderOf(known.lease));
}

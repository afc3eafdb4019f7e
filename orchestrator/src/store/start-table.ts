// SPDX-License-Identifier: Apache-2.0
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

/** What is remembered of starts that the engine stamped with a wall clock that had been set. */
export function startTable(database: Database): Pick<Journal, "trueStart" | "noteTrueStart"> {
  return {
    trueStart: (containerId, told) =>
      database.one<{ started_at: number }>(
        "SELECT started_at FROM true_start WHERE container_id = ? AND told_at = ?",
        containerId,
        told,
      )?.started_at ?? null,

    noteTrueStart(leaseId, containerId, told, startedAt) {
      database.run(
        "INSERT OR REPLACE INTO true_start (lease_id, container_id, told_at, started_at) VALUES (?, ?, ?, ?)",
        String(leaseId),
        containerId,
        told,
        startedAt,
      );
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

/** What is remembered of a workload, and not of its lease. */
const OF_WORKLOAD = [
  "intent",
  "incarnation",
  "reported_usage",
  "service_exit",
  "published_port",
  "health_spell",
  "image_pin",
] as const;

/** Whose workload was begun under a lease's number. */
export function holderTable(database: Database): Pick<Journal, "holder" | "bindHolder"> {
  const holderOf = (leaseId: bigint): string | null =>
    database.one<{ readonly holder: string }>(
      "SELECT holder FROM lease_holder WHERE lease_id = ?",
      String(leaseId),
    )?.holder ?? null;
  return {
    holder: holderOf,

    bindHolder(leaseId, holder) {
      const before = holderOf(leaseId);
      if (before === holder) return;
      database.atomically(() => {
        for (const table of before === null ? [] : OF_WORKLOAD)
          database.run(`DELETE FROM ${table} WHERE lease_id = ?`, String(leaseId));
        database.run(
          "INSERT OR REPLACE INTO lease_holder (lease_id, holder) VALUES (?, ?)",
          String(leaseId),
          holder,
        );
      });
    },
  };
}

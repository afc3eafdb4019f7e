// SPDX-License-Identifier: Apache-2.0
import type { Usage } from "@berth/sdk";
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

type UsageTables = Pick<Journal, "reportedUsage" | "keepUsageTree" | "usageTree" | "pruneUsageTrees">;

type Figures = Omit<Usage, "leaseId">;

const COLUMNS = {
  measuredAt: "measured_at",
  servedSeconds: "served_seconds",
  cpuMillisSeconds: "cpu_millis_seconds",
  memoryMiBSeconds: "memory_mib_seconds",
  networkRxBytes: "network_rx_bytes",
  networkTxBytes: "network_tx_bytes",
} as const satisfies Record<keyof Figures, string>;

const FIGURES = Object.keys(COLUMNS) as readonly (keyof Figures)[];
const SELECTED = FIGURES.map((figure) => `${COLUMNS[figure]} AS ${figure}`).join(", ");
const INSERTED = FIGURES.map((figure) => COLUMNS[figure]).join(", ");

/** What is remembered of usage that was reported: the last figures of each lease, and the trees that reports commit to. */
export function usageTables(database: Database): UsageTables {
  return {
    reportedUsage(leaseId) {
      const row = database.one<Record<keyof Figures, string>>(
        `SELECT ${SELECTED} FROM reported_usage WHERE lease_id = ?`,
        String(leaseId),
      );
      if (row === null) return null;
      const figures = FIGURES.map((figure) => [figure, BigInt(row[figure])] as const);
      return { leaseId, ...(Object.fromEntries(figures) as unknown as Figures) };
    },

    keepUsageTree(root, dump, keptAt) {
      database.run(
        "INSERT OR REPLACE INTO usage_tree (root, dump, kept_at) VALUES (?, ?, ?)",
        root,
        dump,
        keptAt,
      );
    },

    usageTree: (root) =>
      database.one<{ dump: string }>("SELECT dump FROM usage_tree WHERE root = ?", root)?.dump ?? null,

    pruneUsageTrees(before) {
      database.run(
        "DELETE FROM usage_tree WHERE kept_at < ? AND kept_at < (SELECT max(kept_at) FROM usage_tree)",
        before,
      );
    },
  };
}

/** Notes the figures of a lease that is noted: one that was forgotten stays so. */
export function putReported(database: Database, usage: Usage): void {
  const leaseId = String(usage.leaseId);
  database.run(
    `INSERT OR REPLACE INTO reported_usage (lease_id, ${INSERTED})
       SELECT ?, ${FIGURES.map(() => "?").join(", ")} WHERE EXISTS (SELECT 1 FROM lease_note WHERE lease_id = ?)`,
    leaseId,
    ...FIGURES.map((figure) => String(usage[figure])),
    leaseId,
  );
}

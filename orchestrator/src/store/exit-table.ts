// SPDX-License-Identifier: Apache-2.0
import type { Exit } from "../domain/exits.ts";
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

type ExitRow = Omit<Exit, "oomKilled"> & { readonly oomKilled: number };

/** What is remembered of how services ended. */
export function exitTable(database: Database): Pick<Journal, "noteExit" | "exits"> {
  return {
    noteExit(leaseId, exit, since) {
      const { service, containerId, startedAt, finishedAt, exitCode, oomKilled } = exit;
      database.atomically(() => {
        database.run("DELETE FROM service_exit WHERE finished_at < ?", since);
        database.run(
          `INSERT OR IGNORE INTO service_exit (lease_id, service, container_id, started_at, finished_at, exit_code, oom_killed)
             VALUES (?, ?, ?, ?, ?, ?, ?)`,
          String(leaseId),
          service,
          containerId,
          startedAt,
          finishedAt,
          exitCode,
          oomKilled ? 1 : 0,
        );
      });
    },

    exits: (leaseId) =>
      database
        .all<ExitRow>(
          `SELECT service, container_id AS containerId, started_at AS startedAt, finished_at AS finishedAt,
             exit_code AS exitCode, oom_killed AS oomKilled
           FROM service_exit WHERE lease_id = ? ORDER BY finished_at, started_at`,
          String(leaseId),
        )
        .map((row) => ({ ...row, oomKilled: row.oomKilled === 1 })),
  };
}

// SPDX-License-Identifier: Apache-2.0
import type { Spell } from "../domain/spells.ts";
import type { Journal } from "../ports/journal.ts";
import type { Database } from "./database.ts";

/** What is remembered of times in which health checks failed. */
export function spellTable(database: Database): Pick<Journal, "noteSpell" | "spells"> {
  return {
    noteSpell(leaseId, { service, containerId, from, until }, since) {
      database.atomically(() => {
        database.run("DELETE FROM health_spell WHERE ended_at < ?", since);
        database.run(
          `INSERT OR REPLACE INTO health_spell (lease_id, service, container_id, began_at, ended_at)
           VALUES (?, ?, ?, ?, ?)`,
          String(leaseId),
          service,
          containerId,
          from,
          until,
        );
      });
    },

    spells: (leaseId) =>
      database.all<Spell>(
        `SELECT service, container_id AS containerId, began_at AS "from", ended_at AS "until"
         FROM health_spell WHERE lease_id = ? ORDER BY began_at`,
        String(leaseId),
      ),
  };
}

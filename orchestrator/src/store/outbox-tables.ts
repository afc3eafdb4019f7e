// SPDX-License-Identifier: Apache-2.0
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import type { Database } from "./database.ts";

type OutboxTables = Pick<
  Journal,
  "addToOutbox" | "setOutboxState" | "pendingOutbox" | "minedFor" | "pruneOutbox"
>;

type OutboxRow = Omit<OutboxEntry, "feeCap"> & { readonly feeCap: string | null };

const PENDING = `SELECT id, nonce, purpose, raw_transaction AS rawTransaction, hash, fee_cap AS feeCap, state FROM outbox
  WHERE state IN ('signed', 'sent') ORDER BY nonce, id`;

/** What is remembered of what goes to the chain. */
export function outboxTables(database: Database): OutboxTables {
  return {
    addToOutbox: ({ nonce, purpose, rawTransaction, hash, feeCap }) =>
      database.run(
        "INSERT INTO outbox (nonce, purpose, raw_transaction, hash, fee_cap, state) VALUES (?, ?, ?, ?, ?, 'signed')",
        nonce,
        purpose,
        rawTransaction,
        hash,
        feeCap === null ? null : String(feeCap),
      ),

    setOutboxState(id, state) {
      database.run("UPDATE outbox SET state = ? WHERE id = ?", state, id);
    },

    pendingOutbox: () =>
      database
        .all<OutboxRow>(PENDING)
        .map((row) => ({ ...row, feeCap: row.feeCap === null ? null : BigInt(row.feeCap) })),

    minedFor: (purpose) =>
      database
        .all<Pick<OutboxEntry, "hash">>(
          "SELECT hash FROM outbox WHERE state = 'mined' AND purpose = ?",
          purpose,
        )
        .map(({ hash }) => hash),

    pruneOutbox(nonce) {
      database.run("DELETE FROM outbox WHERE nonce < ? AND state IN ('mined', 'failed')", nonce);
    },
  };
}

// SPDX-License-Identifier: Apache-2.0
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import type { Database } from "./database.ts";

type OutboxTables = Pick<
  Journal,
  "addToOutbox" | "setOutboxState" | "pendingOutbox" | "keepUsageTree" | "usageTree"
>;

const PENDING = `SELECT id, nonce, purpose, raw_transaction AS rawTransaction, hash, state FROM outbox
  WHERE state IN ('signed', 'sent') ORDER BY nonce, id`;

/** What is remembered of what goes to the chain: signed transactions and the usage trees that reports commit to. */
export function outboxTables(database: Database): OutboxTables {
  return {
    addToOutbox: ({ nonce, purpose, rawTransaction, hash }) =>
      database.run(
        "INSERT INTO outbox (nonce, purpose, raw_transaction, hash, state) VALUES (?, ?, ?, ?, 'signed')",
        nonce,
        purpose,
        rawTransaction,
        hash,
      ),

    setOutboxState(id, state) {
      database.run("UPDATE outbox SET state = ? WHERE id = ?", state, id);
    },

    pendingOutbox: () => database.all<OutboxEntry>(PENDING),

    keepUsageTree(root, dump) {
      database.run("INSERT OR REPLACE INTO usage_tree (root, dump) VALUES (?, ?)", root, dump);
    },

    usageTree: (root) =>
      database.one<{ dump: string }>("SELECT dump FROM usage_tree WHERE root = ?", root)?.dump ?? null,
  };
}

// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from "node:sqlite";
import { PermanentError } from "@berth/sdk";
import { crashpoint } from "../crashpoint.ts";
import { backUp } from "./backup.ts";

/**
 * The journal's schema, one entry per version, only ever appended to: a journal at version n has the first n of them. Chain
 * numbers and everything that may pass 2^53 are decimal TEXT. Tables are STRICT, so that what was written as text is read as text.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE owner (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     chain_id INTEGER NOT NULL,
     market TEXT NOT NULL,
     provider TEXT NOT NULL,
     instance INTEGER
   ) STRICT;
   CREATE TABLE cursor (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     block_number TEXT NOT NULL,
     block_hash TEXT NOT NULL,
     sequence TEXT NOT NULL
   ) STRICT;
   CREATE TABLE lease_note (
     lease_id TEXT PRIMARY KEY,
     manifest_hash TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE manifest (
     lease_id TEXT PRIMARY KEY,
     manifest_hash TEXT NOT NULL,
     text TEXT NOT NULL
   ) STRICT;
   CREATE TABLE intent (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     lease_id TEXT NOT NULL,
     action TEXT NOT NULL,
     detail TEXT NOT NULL
   ) STRICT;
   CREATE TABLE incarnation (
     lease_id TEXT NOT NULL,
     container_id TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     last_sample_at INTEGER NOT NULL,
     cpu_nanos TEXT NOT NULL,
     memory_byte_millis TEXT NOT NULL,
     network_rx_bytes TEXT NOT NULL,
     network_tx_bytes TEXT NOT NULL,
     PRIMARY KEY (lease_id, container_id, started_at)
   ) STRICT;
   CREATE TABLE outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     nonce INTEGER NOT NULL,
     purpose TEXT NOT NULL,
     raw_transaction TEXT NOT NULL,
     hash TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('signed', 'sent', 'mined', 'failed'))
   ) STRICT;
   CREATE INDEX outbox_pending ON outbox (nonce, id) WHERE state IN ('signed', 'sent');
   CREATE TABLE usage_tree (
     root TEXT PRIMARY KEY,
     dump TEXT NOT NULL
   ) STRICT;`,
  `ALTER TABLE outbox ADD COLUMN fee_cap TEXT;
   ALTER TABLE usage_tree ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0;
   UPDATE usage_tree SET kept_at = unixepoch() * 1000;
   CREATE TABLE reported_usage (
     lease_id TEXT PRIMARY KEY,
     measured_at TEXT NOT NULL,
     served_seconds TEXT NOT NULL,
     cpu_millis_seconds TEXT NOT NULL,
     memory_mib_seconds TEXT NOT NULL,
     network_rx_bytes TEXT NOT NULL,
     network_tx_bytes TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE service_exit (
     lease_id TEXT NOT NULL,
     service TEXT NOT NULL,
     container_id TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     finished_at INTEGER NOT NULL,
     exit_code INTEGER,
     oom_killed INTEGER NOT NULL,
     PRIMARY KEY (lease_id, container_id, started_at)
   ) STRICT;`,
  `CREATE TABLE lease_holder (
     lease_id TEXT PRIMARY KEY,
     holder TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE true_start (
     lease_id TEXT NOT NULL,
     container_id TEXT NOT NULL,
     told_at INTEGER NOT NULL,
     started_at INTEGER NOT NULL,
     PRIMARY KEY (container_id, told_at)
   ) STRICT;`,
  `CREATE TABLE lease_gpu (
     uuid TEXT PRIMARY KEY,
     vendor TEXT NOT NULL,
     lease_id TEXT NOT NULL,
     place INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE published_port (
     host_port INTEGER NOT NULL,
     protocol TEXT NOT NULL,
     lease_id TEXT NOT NULL,
     service TEXT NOT NULL,
     container_port INTEGER NOT NULL,
     PRIMARY KEY (host_port, protocol),
     UNIQUE (lease_id, service, container_port, protocol)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE health_spell (
     lease_id TEXT NOT NULL,
     service TEXT NOT NULL,
     container_id TEXT NOT NULL,
     began_at INTEGER NOT NULL,
     ended_at INTEGER,
     PRIMARY KEY (lease_id, container_id, began_at)
   ) STRICT;`,
  `CREATE TABLE image_pin (
     lease_id TEXT NOT NULL,
     image TEXT NOT NULL,
     pin TEXT NOT NULL,
     PRIMARY KEY (lease_id, image)
   ) STRICT, WITHOUT ROWID;
   ALTER TABLE manifest ADD COLUMN secrets TEXT;`,
];

/**
 * Brings a journal to the newest version; each step is all or nothing, and none goes back. What is there is backed up first,
 * under the number of its version. A journal of a newer daemon is refused.
 */
export function migrate(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > MIGRATIONS.length) {
    throw new PermanentError(
      "E_JOURNAL_TOO_NEW",
      `The journal ${path} was written by a newer daemon (version ${version}, this one knows ${MIGRATIONS.length}).`,
      {
        atRisk: "nothing: it was not touched",
        next:
          `Start the newer daemon again. To go back to this one, move the journal away; put the backup ${path}.v${MIGRATIONS.length}.backup ` +
          "in its place, or let it be rebuilt from the chain and the containers' labels.",
        facts: { path },
      },
    );
  }
  if (version > 0 && version < MIGRATIONS.length) {
    backUp(database, path, version);
    crashpoint("journal-backed-up");
  }
  MIGRATIONS.slice(version).forEach((sql, index) => {
    const next = version + index + 1;
    database.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${next}; COMMIT;`);
  });
}

// SPDX-License-Identifier: Apache-2.0
import type { DatabaseSync } from "node:sqlite";
import { UserError } from "@berth/sdk";

/** `synchronous` as SQLite numbers it. */
const FULL = 2;

/** How a journal is written, as SQLite says it is. */
export interface Durability {
  readonly journalMode: string;
  readonly synchronous: number;
}

/**
 * Asks for a write-ahead log that is on the disk before a commit returns, and answers what SQLite made of it. What is deleted is overwritten:
 * tenants' secrets are among it.
 */
export function makeDurable(database: DatabaseSync): Durability {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
  const read = (pragma: string): unknown => database.prepare(`PRAGMA ${pragma}`).get()?.[pragma];
  return { journalMode: String(read("journal_mode")), synchronous: Number(read("synchronous")) };
}

/** Throws UserError E_JOURNAL_NOT_DURABLE where a commit may be lost; a journal in memory is one that forgets anyhow. */
export function requireDurable(path: string, { journalMode, synchronous }: Durability): void {
  const expected = path === ":memory:" ? "memory" : "wal";
  if (journalMode === expected && synchronous >= FULL) return;
  throw new UserError(
    "E_JOURNAL_NOT_DURABLE",
    `The journal ${path} cannot be kept safely: its mode is ${journalMode} and its sync level ${synchronous}.`,
    {
      atRisk: "nothing: the daemon does not act on what a power cut could take from its memory",
      next: "Put the data folder on a local disk: shared and network folders often cannot hold a write-ahead log.",
      facts: { path, journalMode, synchronous: String(synchronous) },
    },
  );
}

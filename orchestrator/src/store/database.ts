// SPDX-License-Identifier: Apache-2.0
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { Ballast } from "./ballast.ts";
import { makeDurable, requireDurable } from "./durability.ts";
import { corruptJournal, isUnwritable, journalError, unopenableJournal } from "./journal-errors.ts";
import { migrate } from "./migrations.ts";
import { isTorn } from "./torn-file.ts";

/** How long a statement waits for another process to let go of the file, in milliseconds. */
const BUSY_TIMEOUT = 5_000;
const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/** The journal's file, spoken to in SQL. Whatever fails is a BerthError in words. */
export interface Database {
  /** The id of the last row inserted. */
  run(sql: string, ...parameters: SQLInputValue[]): number;
  one<Row>(sql: string, ...parameters: SQLInputValue[]): Row | null;
  all<Row>(sql: string, ...parameters: SQLInputValue[]): readonly Row[];
  /** All of the work is durable when this returns, or none of it ever happened. */
  atomically(work: () => void): void;
  /** Sees that there is something to give up where the disk is full; whether there is. */
  keepBallast(): boolean;
  close(): void;
}

/**
 * Opens or creates the file, readable by its owner alone (it holds tenants' manifests), checks it whole and brings it to the
 * newest version. Every commit is on the disk before a call returns (WAL with full sync, read back). What a full disk refuses is tried once
 * more where ballast could be given up for it. `:memory:` is a journal that forgets.
 */
export function openDatabase(path: string): Database {
  const ballast = path === ":memory:" ? null : new Ballast(path);
  const withRoom = <Result>(act: () => Result): Result => actWithRoom(ballast, act);
  const database = withRoom(() => openFile(path));
  const statements = new Map<string, StatementSync>();

  const guarded = <Result>(act: () => Result): Result => {
    try {
      return act();
    } catch (error) {
      throw journalError(path, error);
    }
  };
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  return {
    run(sql, ...parameters) {
      const change = (): number => guarded(() => Number(prepared(sql).run(...parameters).lastInsertRowid));
      return database.isTransaction ? change() : withRoom(change);
    },
    one: <Row>(sql: string, ...parameters: SQLInputValue[]) =>
      guarded(() => {
        const row = prepared(sql).get(...parameters);
        return row === undefined ? null : ({ ...row } as Row);
      }),
    all: <Row>(sql: string, ...parameters: SQLInputValue[]) =>
      guarded(() =>
        prepared(sql)
          .all(...parameters)
          .map((row) => ({ ...row }) as Row),
      ),
    atomically: (work) => withRoom(() => guarded(() => inTransaction(database, work))),
    keepBallast: () => ballast?.keep() ?? true,
    close: () => database.close(),
  };
}

/** Acts, and once more where that failed for want of room and ballast could be given up for it. */
function actWithRoom<Result>(ballast: Ballast | null, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!isUnwritable(error) || ballast?.giveUp() !== true) throw error;
    return act();
  }
}

function createFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    closeSync(openSync(path, "a", OWNER_ONLY));
    chmodSync(path, OWNER_ONLY);
  } catch (error) {
    throw unopenableJournal(path, error);
  }
}

function openFile(path: string): DatabaseSync {
  if (path !== ":memory:") createFile(path);
  const database = guardedOpen(path);
  try {
    requireDurable(path, makeDurable(database));
    const health = database.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"];
    if (health !== "ok") throw corruptJournal(path, health);
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw journalError(path, error);
  }
}

function guardedOpen(path: string): DatabaseSync {
  try {
    if (path !== ":memory:" && isTorn(path)) throw corruptJournal(path, "pages are missing at its end");
    return new DatabaseSync(path, { timeout: BUSY_TIMEOUT, enableForeignKeyConstraints: true });
  } catch (error) {
    throw journalError(path, error);
  }
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import { makeDurable, requireDurable } from "./durability.ts";
import { openJournal } from "./sqlite-journal.ts";
import { BACK_TO_ONE } from "./test/back-to-one.ts";
import { blockHash, owner } from "./test/endless-writer.ts";

const NEWEST = 8;

describe("migrations of the journal", () => {
  let folder = "";
  let path = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-migrations-"));
    path = join(folder, "journal");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const backups = (): readonly string[] => readdirSync(folder).filter((name) => name.includes("backup"));

  function versionOf(file: string): unknown {
    const raw = new DatabaseSync(file, { readOnly: true });
    const version = raw.prepare("PRAGMA user_version").get()?.["user_version"];
    raw.close();
    return version;
  }

  function writeVersionOne(): void {
    const journal = openJournal(path, owner);
    const raw = { rawTransaction: "0x02", hash: blockHash(1n), feeCap: null } as const;
    journal.addToOutbox({ nonce: 4, purpose: "start lease 1", ...raw });
    journal.keepUsageTree(blockHash(2n), "[]", 1);
    journal.setInstance(3);
    journal.close();
    const old = new DatabaseSync(path);
    old.exec(BACK_TO_ONE);
    old.close();
  }

  it("a journal of an older daemon is brought forward with all that it holds, and kept as it was beside it", () => {
    writeVersionOne();
    const journal = openJournal(path, owner);
    expect(journal.instance()).to.equal(3);
    expect(journal.usageTree(blockHash(2n))).to.equal("[]");
    expect(journal.pendingOutbox().map(({ nonce, feeCap }) => ({ nonce, feeCap }))).to.deep.equal([
      { nonce: 4, feeCap: null },
    ]);
    journal.close();
    expect(versionOf(path)).to.equal(NEWEST);
    expect(backups()).to.deep.equal(["journal.v1.backup"]);
    const backup = join(folder, "journal.v1.backup");
    expect(versionOf(backup)).to.equal(1);
    expect(statSync(backup).mode & 0o777).to.equal(0o600);
  });

  it("no backup is ever overwritten, and none is made of a journal that is new or up to date", () => {
    openJournal(path, owner).close();
    openJournal(path, owner).close();
    expect(backups()).to.deep.equal([]);
    rmSync(path);
    writeVersionOne();
    writeFileSync(`${path}.v1.backup`, "an earlier one");
    openJournal(path, owner).close();
    expect(readFileSync(`${path}.v1.backup`, "utf8")).to.equal("an earlier one");
    expect(versionOf(`${path}.v1.backup-2`)).to.equal(1);
  });

  it("a migration that fails half-way leaves the journal at its version, whole", () => {
    writeVersionOne();
    const raw = new DatabaseSync(path);
    raw.exec("CREATE TABLE reported_usage (mine TEXT)");
    raw.close();
    expect(() => openJournal(path, owner)).to.throw();
    expect(versionOf(path)).to.equal(1);
    const again = new DatabaseSync(path, { readOnly: true });
    const columns = again.prepare("SELECT name FROM pragma_table_info('outbox')").all();
    again.close();
    expect(columns.map(({ name }) => name)).not.to.include("fee_cap");
  });

  it("a newer journal says how to go on and how to go back", () => {
    openJournal(path, owner).close();
    const raw = new DatabaseSync(path);
    raw.exec("PRAGMA user_version = 99");
    raw.close();
    expect(() => openJournal(path, owner))
      .to.throw()
      .that.satisfies(
        (error: UserError) =>
          error.code === "E_JOURNAL_TOO_NEW" && error.next.includes(`${path}.v${NEWEST}.backup`),
      );
    expect(versionOf(path)).to.equal(99);
  });
});

describe("durability of the journal", () => {
  it("is a write-ahead log with full sync, as SQLite itself says", () => {
    const folder = mkdtempSync(join(tmpdir(), "berth-durability-"));
    const database = new DatabaseSync(join(folder, "journal"));
    expect(makeDurable(database)).to.deep.equal({ journalMode: "wal", synchronous: 2 });
    database.close();
    rmSync(folder, { recursive: true });
  });

  it("is refused where a commit could be lost", () => {
    for (const less of [
      { journalMode: "delete", synchronous: 2 },
      { journalMode: "wal", synchronous: 1 },
      { journalMode: "memory", synchronous: 2 },
    ]) {
      expect(() => requireDurable("/data/journal", less))
        .to.throw(UserError)
        .with.property("code", "E_JOURNAL_NOT_DURABLE");
    }
    requireDurable("/data/journal", { journalMode: "wal", synchronous: 3 });
    requireDurable(":memory:", { journalMode: "memory", synchronous: 2 });
  });
});

// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PermanentError, UserError } from "@berth/sdk";
import { expect } from "chai";
import type { Incarnation } from "../ports/journal.ts";
import { openJournal } from "./sqlite-journal.ts";

const owner = {
  chainId: 31337,
  market: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  provider: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
} as const;
const hash = (byte: string): `0x${string}` => `0x${byte.repeat(32)}`;
const cursor = { blockNumber: 2n ** 63n, blockHash: hash("aa"), sequence: 2n ** 64n - 1n };

describe("sqlite journal", () => {
  let folder = "";
  let path = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-journal-"));
    path = join(folder, "state", "journal.sqlite");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("remembers everything over a restart, numbers of any size exactly", () => {
    const incarnation: Incarnation = {
      leaseId: 2n ** 200n,
      containerId: "c1",
      startedAt: 1_700_000_000_000,
      lastSampleAt: 1_700_000_060_000,
      cpuNanos: 2n ** 70n,
      memoryByteMillis: 2n ** 80n,
      networkRxBytes: 1n,
      networkTxBytes: 0n,
    };
    const first = openJournal(path, owner);
    first.advance(cursor, [{ leaseId: 2n ** 200n, manifestHash: hash("01") }]);
    first.keepManifest(7n, { manifestHash: hash("02"), text: '{"name":"ü"}' });
    const intent = first.beginIntent(7n, "createContainer", "web");
    first.saveIncarnations([incarnation]);
    first.addToOutbox({
      nonce: 3,
      purpose: "report",
      rawTransaction: "0x02",
      hash: hash("03"),
      feeCap: 2n ** 90n,
    });
    first.keepUsageTree(hash("04"), "[]", 1);
    first.setInstance(5);
    first.close();

    const again = openJournal(path, owner);
    expect(again.cursor()).to.deep.equal(cursor);
    expect(again.leaseNotes()).to.deep.equal([{ leaseId: 2n ** 200n, manifestHash: hash("01") }]);
    expect(again.manifest(7n)).to.deep.equal({ manifestHash: hash("02"), text: '{"name":"ü"}' });
    expect(again.openIntents()).to.deep.equal([
      { id: intent, leaseId: 7n, action: "createContainer", detail: "web" },
    ]);
    expect(again.incarnations(2n ** 200n)).to.deep.equal([incarnation]);
    expect(again.pendingOutbox().map(({ nonce, state }) => ({ nonce, state }))).to.deep.equal([
      { nonce: 3, state: "signed" },
    ]);
    expect(again.usageTree(hash("04"))).to.equal("[]");
    expect(again.instance()).to.equal(5);
    again.close();
  });

  it("knows nothing at first and says so with null, never with a made-up value", () => {
    const journal = openJournal(":memory:", owner);
    expect(journal.cursor()).to.equal(null);
    expect(journal.instance()).to.equal(null);
    expect(journal.manifest(1n)).to.equal(null);
    expect(journal.usageTree(hash("00"))).to.equal(null);
    expect(journal.leaseNotes()).to.deep.equal([]);
    journal.close();
  });

  it("keeps the newest note, manifest and sample of a lease, and forgets that lease alone", () => {
    const journal = openJournal(":memory:", owner);
    const sample = {
      containerId: "c",
      startedAt: 1,
      memoryByteMillis: 0n,
      networkRxBytes: 0n,
      networkTxBytes: 0n,
    };
    journal.advance(cursor, [
      { leaseId: 10n, manifestHash: hash("01") },
      { leaseId: 9n, manifestHash: hash("01") },
      { leaseId: 10n, manifestHash: hash("02") },
    ]);
    journal.keepManifest(10n, { manifestHash: hash("01"), text: "old" });
    journal.keepManifest(10n, { manifestHash: hash("02"), text: "new" });
    journal.saveIncarnations([{ ...sample, leaseId: 10n, lastSampleAt: 2, cpuNanos: 1n }]);
    journal.saveIncarnations([{ ...sample, leaseId: 10n, lastSampleAt: 3, cpuNanos: 2n }]);
    journal.beginIntent(10n, "startContainer", "web");
    expect(journal.leaseNotes()).to.deep.equal([
      { leaseId: 9n, manifestHash: hash("01") },
      { leaseId: 10n, manifestHash: hash("02") },
    ]);
    expect(journal.manifest(10n)?.text).to.equal("new");
    expect(journal.incarnations(10n).map(({ cpuNanos }) => cpuNanos)).to.deep.equal([2n]);

    journal.forgetLease(10n);
    expect(journal.leaseNotes().map(({ leaseId }) => leaseId)).to.deep.equal([9n]);
    expect(journal.manifest(10n)).to.equal(null);
    expect(journal.incarnations(10n)).to.deep.equal([]);
    expect(journal.openIntents()).to.deep.equal([]);
    journal.close();
  });

  it("an advance that fails half-way moves neither the cursor nor a note", () => {
    const journal = openJournal(":memory:", owner);
    const before = { ...cursor, blockNumber: 1n };
    journal.advance(before, []);
    const broken = { leaseId: 2n, manifestHash: null as unknown as `0x${string}` };
    expect(() => journal.advance(cursor, [{ leaseId: 1n, manifestHash: hash("01") }, broken])).to.throw();
    expect(journal.cursor()).to.deep.equal(before);
    expect(journal.leaseNotes()).to.deep.equal([]);
    journal.advance(cursor, []);
    expect(journal.cursor()).to.deep.equal(cursor);
    journal.close();
  });

  it("keeps how services ended, each once, in the order of their ends, and forgets what is too old", () => {
    const journal = openJournal(":memory:", owner);
    const exit = (finishedAt: number, changes: object = {}) => ({
      service: "web",
      containerId: "c1",
      startedAt: finishedAt - 1,
      finishedAt,
      exitCode: 137,
      oomKilled: true,
      ...changes,
    });
    journal.noteExit(10n, exit(20), 0);
    journal.noteExit(10n, exit(10, { exitCode: null, oomKilled: false }), 0);
    journal.noteExit(10n, exit(20, { exitCode: 0 }), 0);
    journal.noteExit(9n, exit(15), 0);
    expect(journal.exits(10n)).to.deep.equal([exit(10, { exitCode: null, oomKilled: false }), exit(20)]);
    journal.noteExit(10n, exit(30), 15);
    expect(journal.exits(10n)).to.deep.equal([exit(20), exit(30)]);
    expect(journal.exits(9n)).to.deep.equal([exit(15)]);
    journal.forgetLease(10n);
    expect(journal.exits(10n)).to.deep.equal([]);
    journal.close();
  });

  it("lists what is not yet on the chain by nonce, and no longer once it is mined or failed", () => {
    const journal = openJournal(":memory:", owner);
    const add = (nonce: number): number =>
      journal.addToOutbox({ nonce, purpose: "p", rawTransaction: "0x02", hash: hash("0f"), feeCap: null });
    const [second, first, third] = [add(2), add(1), add(3)];
    journal.setOutboxState(second, "sent");
    expect(journal.pendingOutbox().map(({ nonce, state }) => [nonce, state])).to.deep.equal([
      [1, "signed"],
      [2, "sent"],
      [3, "signed"],
    ]);
    journal.setOutboxState(first, "mined");
    journal.setOutboxState(third, "failed");
    expect(journal.pendingOutbox().map(({ id }) => id)).to.deep.equal([second]);
    journal.close();
  });

  it("knows whether anything for a purpose is mined, until that is forgotten", () => {
    const journal = openJournal(":memory:", owner);
    const raw = { rawTransaction: "0x02", hash: hash("0f"), feeCap: null } as const;
    const [mined, failed] = ["one", "other"].map((purpose, nonce) =>
      journal.addToOutbox({ nonce, purpose, ...raw }),
    );
    expect(journal.minedFor("one").length > 0).to.equal(false);
    journal.setOutboxState(mined ?? 0, "mined");
    journal.setOutboxState(failed ?? 0, "failed");
    expect(["one", "other", "third"].map((purpose) => journal.minedFor(purpose).length > 0)).to.deep.equal([
      true,
      false,
      false,
    ]);
    journal.pruneOutbox(1);
    expect(journal.minedFor("one").length > 0).to.equal(false);
    journal.close();
  });

  it("ends an intent once it is settled", () => {
    const journal = openJournal(":memory:", owner);
    const [one, two] = [journal.beginIntent(1n, "a", ""), journal.beginIntent(1n, "b", "")];
    journal.endIntent(one);
    expect(journal.openIntents().map(({ id }) => id)).to.deep.equal([two]);
    journal.close();
  });

  it("is readable by its owner alone, the files beside it too", () => {
    const journal = openJournal(path, owner);
    journal.setInstance(1);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      expect(statSync(file).mode & 0o777, file).to.equal(0o600);
    }
    journal.close();
  });

  it("refuses the journal of another chain, market or provider, and leaves it as it was", () => {
    const theirs = openJournal(path, owner);
    theirs.setInstance(9);
    theirs.close();
    const others = [
      { ...owner, chainId: 1 },
      { ...owner, market: owner.provider },
      { ...owner, provider: owner.market },
    ];
    for (const other of others) {
      expect(() => openJournal(path, other))
        .to.throw(UserError)
        .with.property("code", "E_JOURNAL_FOREIGN");
    }
    const again = openJournal(path, { ...owner, market: owner.market.toLowerCase() as `0x${string}` });
    expect(again.instance()).to.equal(9);
    again.close();
  });

  it("says of a damaged file where it is, what is safe and what to do", () => {
    const journal = openJournal(path, owner);
    for (let lease = 0n; lease < 200n; lease += 1n) {
      journal.keepManifest(lease, { manifestHash: hash("01"), text: "x".repeat(500) });
    }
    journal.close();
    const bytes = readFileSync(path);
    for (const damaged of [
      bytes.fill(0x5a, 4_096, 40_000),
      Buffer.from("not a journal at all".repeat(100)),
    ]) {
      writeFileSync(path, damaged);
      expect(() => openJournal(path, owner))
        .to.throw(PermanentError)
        .that.satisfies(
          (error: PermanentError) =>
            error.code === "E_JOURNAL_CORRUPT" &&
            error.message.includes(path) &&
            error.atRisk.startsWith("no money and no container") &&
            error.next.includes("away"),
        );
    }
  });

  it("refuses a journal of a newer daemon without touching it", () => {
    openJournal(path, owner).close();
    const raw = new DatabaseSync(path);
    raw.exec("PRAGMA user_version = 99");
    raw.close();
    expect(() => openJournal(path, owner))
      .to.throw(PermanentError)
      .with.property("code", "E_JOURNAL_TOO_NEW");
  });

  it("refuses a path that cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => openJournal(join(folder, "file", "journal"), owner))
      .to.throw(UserError)
      .with.property("code", "E_JOURNAL_PATH");
    expect(() => openJournal(folder, owner))
      .to.throw(UserError)
      .with.property("code", "E_JOURNAL_PATH");
  });

  it("shows whether it can be written, changes nothing by that, and knows its size", () => {
    const path = join(folder, "touched", "journal");
    const journal = openJournal(path, owner);
    journal.setInstance(3);
    journal.touch();
    expect(journal.instance()).to.equal(3);
    expect(journal.size()).to.be.greaterThan(4_096);
    journal.close();
    expect(() => journal.touch()).to.throw();
  });
});

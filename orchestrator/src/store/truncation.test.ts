// SPDX-License-Identifier: Apache-2.0
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Journal } from "../ports/journal.ts";
import { keepingLog } from "../test/logs.ts";
import { openOrRebuild } from "./recovery.ts";
import { openJournal } from "./sqlite-journal.ts";
import { blockHash, notesOf, owner } from "./test/endless-writer.ts";

const LAST_BYTES = 4_096;
const COMMITS = 12;
/** Longer than a page, so that parts of it lie in pages that no index checks. */
const MANIFEST = "m".repeat(6_000);

/** A journal as a power cut leaves it. */
interface Files {
  readonly main: Buffer;
  /** Null after an orderly end. */
  readonly log: Buffer | null;
}

describe("a journal cut at any byte of its last 4 KiB", function () {
  this.timeout(600_000);
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "berth-torn-"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Every commit writes one block, the transaction signed at it and the manifest of its first lease. */
  function write(journal: Journal, from: number, to: number): void {
    for (let block = from; block <= to; block += 1) {
      const number = BigInt(block);
      journal.advance(
        { blockNumber: number, blockHash: blockHash(number), sequence: number },
        notesOf(number),
      );
      journal.keepManifest(number, { manifestHash: blockHash(number), text: MANIFEST });
      const raw = { rawTransaction: `0x02${"ab".repeat(150)}`, hash: blockHash(number) } as const;
      journal.addToOutbox({ nonce: block, purpose: `act ${block}`, ...raw, feeCap: null });
    }
  }

  function files(path: string): Files {
    const log = `${path}-wal`;
    return { main: readFileSync(path), log: existsSync(log) ? readFileSync(log) : null };
  }

  function written(): { readonly closed: Files; readonly cutOff: Files } {
    const path = join(folder, "source");
    const first = openJournal(path, owner);
    write(first, 1, COMMITS / 2);
    first.close();
    const closed = files(path);
    const second = openJournal(path, owner);
    write(second, COMMITS / 2 + 1, COMMITS);
    const cutOff = files(path);
    second.close();
    return { closed, cutOff };
  }

  function range(from: number, to: number): readonly number[] {
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  }

  /** The last block of a journal that is a prefix of what was committed; anything half-applied fails. */
  function prefixOf(journal: Journal): number {
    const block = Number(journal.cursor()?.blockNumber ?? 0n);
    const upTo = range(1, block);
    expect(journal.leaseNotes()).to.have.deep.members(upTo.flatMap((each) => notesOf(BigInt(each))));
    const signed = journal.pendingOutbox();
    expect(signed.map(({ nonce }) => nonce)).to.deep.equal(range(1, signed.length));
    expect(block - signed.length, "blocks without their transaction").to.be.oneOf([0, 1]);
    for (const each of range(1, signed.length)) {
      expect(journal.manifest(BigInt(each))?.text === MANIFEST, `manifest ${each}`).to.equal(true);
    }
    return block;
  }

  interface Reopened {
    readonly block: number;
    readonly isSetAside: boolean;
  }

  function reopen({ main, log }: Files): Reopened {
    const place = join(folder, "cut");
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    const path = join(place, "journal");
    writeFileSync(path, main);
    if (log !== null) writeFileSync(`${path}-wal`, log);
    const kept = keepingLog();
    const journal = openOrRebuild(path, owner, { clock: { now: () => 0 }, log: kept });
    const block = prefixOf(journal);
    write(journal, block + 1, block + 1);
    journal.close();
    const aside = readdirSync(place).filter((name) => name.startsWith("journal.damaged-"));
    if (aside.length === 0) return { block, isSetAside: false };
    expect(readFileSync(join(place, aside[0] ?? "")).length).to.equal(main.length);
    expect(kept.said.map(({ level }) => level)).to.deep.equal(["error"]);
    expect(block).to.equal(0);
    return { block, isSetAside: true };
  }

  function cutEverywhere(bytes: Buffer, filesOf: (cut: Buffer) => Files): readonly Reopened[] {
    const from = Math.max(0, bytes.length - LAST_BYTES);
    return range(from, bytes.length - 1).map((length) => reopen(filesOf(bytes.subarray(0, length))));
  }

  it("never loses more of the log than what comes after the cut, and never applies half of a commit", () => {
    const { cutOff } = written();
    const { main, log } = cutOff;
    if (log === null) throw new Error("there is no log");
    const all = cutEverywhere(log, (cut) => ({ main, log: cut }));
    expect(all).to.have.length(LAST_BYTES);
    expect(all.every(({ isSetAside }) => !isSetAside)).to.equal(true);
    expect(all.every(({ block }) => block >= COMMITS - 1)).to.equal(true);
    expect(reopen(cutOff)).to.deep.equal({ block: COMMITS, isSetAside: false });
  });

  it("never serves an incomplete file as a whole one: it is set aside, kept, and a new one begins", () => {
    const { closed } = written();
    const all = cutEverywhere(closed.main, (main) => ({ main, log: null }));
    expect(all).to.have.length(LAST_BYTES);
    expect(all.filter(({ isSetAside }) => !isSetAside)).to.deep.equal([]);
    expect(reopen(closed)).to.deep.equal({ block: COMMITS / 2, isSetAside: false });
  });

  it("never serves an incomplete file under a whole log, unless the log holds what is missing", () => {
    const { cutOff } = written();
    const all = cutEverywhere(cutOff.main, (main) => ({ main, log: cutOff.log }));
    expect(all).to.have.length(LAST_BYTES);
    for (const { block, isSetAside } of all) expect(block).to.equal(isSetAside ? 0 : COMMITS);
  });

  it("never takes an empty file with a log beside it for a new journal", () => {
    const { cutOff } = written();
    expect(reopen({ main: Buffer.alloc(0), log: cutOff.log }).isSetAside).to.equal(true);
    expect(reopen({ main: Buffer.alloc(0), log: null })).to.deep.equal({ block: 0, isSetAside: false });
  });

  it("never overwrites a damaged journal that was set aside before", () => {
    const path = join(folder, "journal");
    const parts = { clock: { now: () => 0 }, log: keepingLog() };
    for (const text of ["first damage", "second damage"]) {
      writeFileSync(path, text.repeat(100));
      rmSync(`${path}-wal`, { force: true });
      openOrRebuild(path, owner, parts).close();
    }
    const kept = readdirSync(folder).filter((name) => name.startsWith("journal.damaged-"));
    expect(kept.map((name) => readFileSync(join(folder, name), "utf8").slice(0, 5))).to.have.members([
      "first",
      "secon",
    ]);
  });

  it("never sets aside what only a person may decide on: another owner's journal, or a newer daemon's", () => {
    const path = join(folder, "journal");
    openJournal(path, owner).close();
    const copy = join(folder, "copy");
    copyFileSync(path, copy);
    const other = { ...owner, chainId: 1 };
    const parts = { clock: { now: () => 0 }, log: keepingLog() };
    expect(() => openOrRebuild(path, other, parts))
      .to.throw()
      .with.property("code", "E_JOURNAL_FOREIGN");
    expect(readdirSync(folder).some((name) => name.includes("damaged"))).to.equal(false);
  });
});

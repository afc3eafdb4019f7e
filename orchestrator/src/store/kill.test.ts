// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { openJournal } from "./sqlite-journal.ts";
import { blockHash, owner, notesOf } from "./test/endless-writer.ts";

const WRITER = fileURLToPath(new URL("./test/endless-writer.ts", import.meta.url));

describe("sqlite journal under SIGKILL", () => {
  let folder = "";
  let writer: ChildProcess | null = null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-journal-kill-"));
  });

  afterEach(() => {
    writer?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("keeps every advance that returned, and none of one that did not", async function () {
    this.timeout(60_000);
    const path = join(folder, "journal.sqlite");
    let resumedFrom = 0n;
    for (const writes of [1n, 40n, 120n]) {
      const acknowledged = await killAfter(path, resumedFrom + writes);
      const journal = openJournal(path, owner);
      const cursor = journal.cursor();
      if (cursor === null) throw new Error("the journal lost its cursor");
      expect(cursor.blockNumber >= acknowledged).to.equal(true);
      expect(cursor.blockHash).to.equal(blockHash(cursor.blockNumber));
      const upTo = Array.from({ length: Number(cursor.blockNumber) }, (_, index) => BigInt(index + 1));
      expect(journal.leaseNotes()).to.have.deep.members(upTo.flatMap(notesOf));
      journal.close();
      resumedFrom = cursor.blockNumber;
    }
  });

  /** The last block whose advance the writer saw return before it was killed. */
  async function killAfter(path: string, block: bigint): Promise<bigint> {
    const child = spawn(process.execPath, ["--import", "tsx", WRITER, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    writer = child;
    const exited = once(child, "exit");
    let acknowledged = 0n;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = BigInt(line);
      if (acknowledged >= block) child.kill("SIGKILL");
    }
    await exited;
    expect(child.signalCode).to.equal("SIGKILL");
    return acknowledged;
  }
});

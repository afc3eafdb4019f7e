// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { BALLAST } from "../domain/ballast.ts";
import type { Journal } from "../ports/journal.ts";
import { openJournal } from "./sqlite-journal.ts";

const owner = {
  chainId: 1,
  market: "0x00000000000000000000000000000000000000aa",
  provider: "0x00000000000000000000000000000000000000bb",
} as const;
const PIECE = Buffer.alloc(256 * 1024, 7);

/** A disk of its own. */
class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), "berth-full-"));
  readonly #filler = join(this.path, "filler");

  constructor() {
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=400m", "tmpfs", this.path]);
    expect(status, "a disk could be mounted").to.equal(0);
  }

  /** Until not a byte more can be written. */
  fill(): void {
    const file = openSync(this.#filler, "a");
    try {
      for (let length = PIECE.length; length >= 1; length = Math.floor(length / 2))
        while (this.#takes(file, length));
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    rmSync(this.#filler);
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  takeDown(): void {
    spawnSync("umount", ["-l", this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }

  #takes(file: number, length: number): boolean {
    try {
      return writeSync(file, PIECE, 0, length) > 0;
    } catch {
      return false;
    }
  }
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return "done";
  } catch (error) {
    return error instanceof BerthError ? error.code : String(error);
  }
}

describe("the journal on a disk that is full", function () {
  this.timeout(60_000);
  let disk: SmallDisk;
  let journal: Journal;
  let path: string;

  before(function () {
    if (process.platform !== "linux" || process.getuid?.() !== 0) this.skip();
  });

  beforeEach(() => {
    disk = new SmallDisk();
    path = join(disk.path, "journal.sqlite");
    journal = openJournal(path, owner);
  });

  afterEach(() => {
    try {
      journal.close();
    } finally {
      disk.takeDown();
    }
  });

  it("goes on being written out of its ballast, which is there again once there is room", () => {
    expect(journal.keepBallast()).to.equal(true);
    expect(statSync(`${path}.ballast`).size).to.equal(BALLAST);
    expect(journal.keepBallast()).to.equal(true);
    disk.fill();
    for (let instance = 1; instance <= 2_000; instance += 1) journal.setInstance(instance);
    expect(journal.instance()).to.equal(2_000);
    expect(existsSync(`${path}.ballast`)).to.equal(false);
    expect(journal.keepBallast()).to.equal(false);
    disk.empty();
    expect(journal.keepBallast()).to.equal(true);
    expect(statSync(`${path}.ballast`).blocks * 512).to.be.at.least(BALLAST);
  });

  it("opens on it, and loses nothing of what was written before", () => {
    journal.keepBallast();
    journal.setInstance(7);
    journal.close();
    disk.fill();
    journal = openJournal(path, owner);
    expect(journal.instance()).to.equal(7);
    journal.setInstance(8);
    expect(journal.instance()).to.equal(8);
  });

  it("says that it cannot be written where no ballast is left, keeps what it has, and goes on when there is room", () => {
    journal.setInstance(7);
    disk.fill();
    let written = 7;
    let code = "done";
    for (; code === "done" && written < 5_000; written += 1)
      code = codeOf(() => journal.setInstance(written + 1));
    expect(code).to.equal("E_JOURNAL_UNWRITABLE");
    expect(journal.instance()).to.equal(written - 1);
    disk.empty();
    journal.setInstance(10_000);
    journal.close();
    journal = openJournal(path, owner);
    expect(journal.instance()).to.equal(10_000);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { keepingLog } from "../test/logs.ts";
import { ManualClock, quiet } from "../test/manual-clock.ts";
import { Uploads, type UploadKey } from "./uploads.ts";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const MOST = 10_000;
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const nameOf = ({ leaseId, volume, sha256 }: UploadKey): string => `${leaseId}.${volume}.${sha256}`;

function keyOf(leaseId: bigint, content: Uint8Array = bytes(10)): UploadKey {
  return { leaseId, volume: "data", sha256: createHash("sha256").update(content).digest("hex") };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.catch((error: unknown) => error);
  return outcome instanceof BerthError ? outcome.code : outcome;
}

describe("archives on their way in", () => {
  const [one, two] = [keyOf(1n), keyOf(2n)];
  let folder: string;
  let clock: ManualClock;
  let uploads: Uploads;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "berth-uploads-"));
    clock = new ManualClock(Date.now());
    uploads = new Uploads(folder, clock);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("that nobody goes on with go after a day, however the wall clock is set meanwhile", async () => {
    await uploads.append(one, 0, bytes(4), MOST);
    clock.step(30 * DAY);
    await uploads.clear();
    expect(readdirSync(folder)).to.deep.equal([nameOf(one)]);
    clock.step(-60 * DAY);
    await clock.advance(DAY - 1);
    await uploads.append(two, 0, bytes(4), MOST);
    await uploads.clear();
    expect(readdirSync(folder)).to.have.length(2);
    await clock.advance(2);
    await uploads.clear();
    expect(readdirSync(folder)).to.deep.equal([nameOf(two)]);
  });

  it("go at the start and as time goes on, without another piece", async () => {
    await uploads.append(one, 0, bytes(4), MOST);
    await clock.advance(2 * DAY);
    const stop = new AbortController();
    const again = new Uploads(folder, clock);
    const clearing = again.clearForEver(keepingLog(), stop.signal);
    for (let turn = 0; turn < 100 && readdirSync(folder).length > 0; turn += 1) await quiet();
    expect(readdirSync(folder)).to.deep.equal([]);
    await again.append(two, 0, bytes(4), MOST);
    for (let hour = 0; hour < 26; hour += 1) await clock.advance(HOUR);
    for (let turn = 0; turn < 100 && readdirSync(folder).length > 0; turn += 1) await quiet();
    expect(readdirSync(folder)).to.deep.equal([]);
    stop.abort();
    await clearing;
  });

  it("of an earlier daemon whose clock was ahead are kept for a day, and no longer", async () => {
    await uploads.append(one, 0, bytes(4), MOST);
    const back = new ManualClock(clock.monotonic() - 300 * DAY);
    const again = new Uploads(folder, back);
    await again.clear();
    await back.advance(DAY - 1);
    await again.clear();
    expect(readdirSync(folder)).to.deep.equal([nameOf(one)]);
    await back.advance(2);
    await again.clear();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("are not taken away while they are put into a volume, for however long", async () => {
    await uploads.append(one, 0, bytes(10), MOST);
    let read = 0;
    await uploads.use(one, async (content) => {
      await clock.advance(2 * DAY);
      await uploads.clear();
      for await (const piece of content()) read += piece.length;
    });
    expect(read).to.equal(10);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("that cannot be looked at are not taken for none", async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "no folder");
    expect(await codeOf(uploads.received(one))).to.have.property("code", "ENOTDIR");
  });

  it("say that the disk is full where it is", async function () {
    if (!existsSync("/dev/full")) this.skip();
    symlinkSync("/dev/full", join(folder, nameOf(one)));
    expect(await codeOf(uploads.append(one, 0, bytes(4), MOST))).to.equal("E_STORAGE_EXHAUSTED");
  });
});

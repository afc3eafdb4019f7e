// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../errors.ts";
import { archiveOf, bytesOf, entryOf, inPieces, type Made } from "./archive.fixture.ts";
import { readTar } from "./tar-reader.ts";
import {
  contentOf,
  OWN_USER,
  packVolume,
  requireWritten,
  SEAL,
  verifyVolumeArchive,
} from "./volume-archive.ts";

const newHash = () => createHash("sha256");
const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");
const pack = (raw: Uint8Array, pieces = 4096) => bytesOf(packVolume(inPieces(raw, pieces), newHash));
const verify = (archive: Uint8Array, pieces = 4096) =>
  verifyVolumeArchive(inPieces(archive, pieces), newHash);

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.then(
    () => "accepted",
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(UserError).with.property("code", "E_VOLUME_ARCHIVE");
  return outcome instanceof UserError ? outcome.message : "";
}

const ROOT = entryOf("data", { kind: "folder" });
const LONG = `data/${"name-".repeat(40)}`;
const SAMPLE: readonly Made[] = [
  ROOT,
  entryOf("data/a", { content: "alpha", uid: 1000, gid: 2_097_152, mode: 0o600, modifiedAt: 1_700_000_000 }),
  entryOf("data/empty", {}),
  entryOf("data/more", { kind: "folder", mode: 0o2775 }),
  entryOf("data/more/ß ü", { content: "x".repeat(1024) }),
  entryOf(LONG, { content: "long" }),
  entryOf("data/link", { kind: "symlink", target: "../../etc/passwd" }),
  entryOf("data/same", { kind: "hardlink", target: "data/a" }),
];

describe("archive of a volume", () => {
  it("holds each entry as it was, with its checksum, whatever pieces it comes in", async () => {
    const archive = await pack(archiveOf(SAMPLE));
    for (const pieces of [1, 7, 511, 512, 100_000]) {
      const { entries, files, bytes } = await verify(archive, pieces);
      expect(Object.fromEntries(entries)).to.deep.equal({
        data: "folder",
        "data/a": `file ${sha256("alpha")}`,
        "data/empty": `file ${sha256("")}`,
        "data/more": "folder",
        "data/more/ß ü": `file ${sha256("x".repeat(1024))}`,
        [LONG]: `file ${sha256("long")}`,
        "data/link": "symlink ../../etc/passwd",
        "data/same": "hardlink data/a",
      });
      expect([files, bytes]).to.deep.equal([4, 1_033]);
    }
  });

  it("is written in one way alone: what is unpacked of it packs to the same archive again", async () => {
    const archive = await pack(archiveOf(SAMPLE));
    const content = await bytesOf(contentOf(inPieces(archive, 1000)));
    expect(Buffer.from(await pack(content)).equals(archive)).to.equal(true);
    await requireWritten(inPieces(content, 999), await verify(archive), newHash);
  });

  it("gives what was the lease's own user's to the own user of the lease that it is put into", async () => {
    const [ours, theirs] = [1_900_000_001, 1_900_000_002];
    const raw = archiveOf([
      ROOT,
      entryOf("data/a", { content: "a", uid: ours, gid: ours }),
      entryOf("data/b", { uid: 7 }),
    ]);
    const archive = await bytesOf(packVolume(inPieces(raw, 512), newHash, undefined, ours));
    const owners = async (tar: Uint8Array) => {
      const found: [string, number, number][] = [];
      for await (const { path, uid, gid } of readTar(inPieces(tar, 512))) found.push([path, uid, gid]);
      return found.filter(([path]) => path !== SEAL && path !== ROOT.path);
    };
    expect(await owners(archive)).to.deep.equal([
      ["data/a", OWN_USER, OWN_USER],
      ["data/b", 7, 0],
    ]);
    expect(await owners(await bytesOf(contentOf(inPieces(archive, 512), theirs)))).to.deep.equal([
      ["data/a", theirs, theirs],
      ["data/b", 7, 0],
    ]);
  });

  it("leaves out what cannot be kept, and says so", async () => {
    const raw = archiveOf([
      ROOT,
      entryOf("data/pipe", { flag: "6" }),
      entryOf("data/a", { content: "alpha" }),
    ]);
    const left: string[] = [];
    const archive = await bytesOf(packVolume(inPieces(raw, 512), newHash, (path) => left.push(path)));
    expect(left).to.deep.equal(["data/pipe"]);
    expect([...(await verify(archive)).entries.keys()]).to.deep.equal(["data", "data/a"]);
  });

  it("a file of any content comes back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 2_000 }),
        fc.integer({ min: 1, max: 700 }),
        async (bytes, pieces) => {
          const archive = await pack(archiveOf([ROOT, entryOf("data/a", { content: bytes })]), pieces);
          expect((await verify(archive, pieces)).entries.get("data/a")).to.equal(`file ${sha256(bytes)}`);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("is refused wherever it is torn", async () => {
    const archive = await pack(archiveOf([ROOT, entryOf("data/a", { content: "alpha" })]));
    let tried = 0;
    for (let length = 0; length < archive.length; length += 100) {
      await refusalOf(verify(archive.subarray(0, length)));
      tried += 1;
    }
    expect(tried).to.be.greaterThan(20);
    await verify(archive);
  });

  it("is refused whichever byte of it is altered", async () => {
    const archive = await pack(archiveOf([ROOT, entryOf("data/a", { content: "alpha" })]));
    for (let at = 0; at < archive.length; at += 1) {
      const altered = archive.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      await refusalOf(verify(altered));
    }
  }).timeout(20_000);

  it("is refused with an entry taken out, and with one put in", async () => {
    const whole = await pack(
      archiveOf([ROOT, entryOf("data/a", { content: "a" }), entryOf("data/b", { content: "b" })]),
    );
    const without = Buffer.concat([whole.subarray(0, 512), whole.subarray(512 + 1024)]);
    expect(await refusalOf(verify(without))).to.match(/checksum differs/);
    const more = archiveOf([entryOf("data/c", { content: "c" })]).subarray(0, 1024);
    expect(
      await refusalOf(verify(Buffer.concat([whole.subarray(0, 512), more, whole.subarray(512)]))),
    ).to.match(/checksum differs/);
  });

  it("tells what was written otherwise than it is listed", async () => {
    const listing = await verify(await pack(archiveOf(SAMPLE)));
    const written = (made: readonly Made[]) =>
      requireWritten(inPieces(archiveOf(made), 512), listing, newHash);
    await written(SAMPLE);
    const [, , ...others] = SAMPLE;
    expect(await refusalOf(written([ROOT, entryOf("data/a", { content: "ALPHA" }), ...others]))).to.match(
      /"data\/a"/,
    );
    expect(await refusalOf(written(SAMPLE.slice(0, -1)))).to.match(/"data\/same"/);
    expect(await refusalOf(written([...SAMPLE, entryOf("data/extra", {})]))).to.match(/more was written/);
  });
});

describe("what may not be in an archive of a volume", () => {
  const cases: readonly [what: string, made: readonly Made[], why: RegExp][] = [
    ["a path upwards", [ROOT, entryOf("data/../../etc/passwd", {})], /no path/],
    ["a path upwards at its end", [ROOT, entryOf("data/..", { kind: "folder" })], /no path/],
    ["an absolute path", [ROOT, entryOf("/etc/passwd", {})], /no path/],
    ["a path beside the folder", [ROOT, entryOf("etc/passwd", {})], /no path/],
    ["a folder that begins alike", [ROOT, entryOf("data2/a", {})], /no path/],
    ["a double slash", [ROOT, entryOf("data//a", {})], /no path/],
    ["a dot", [ROOT, entryOf("data/./a", {})], /no path/],
    ["no path at all", [ROOT, entryOf("", {})], /no path/],
    ["a file without its folder", [ROOT, entryOf("data/sub/a", {})], /not in a folder/],
    ["a file before the folder of all", [entryOf("data/a", {})], /not in a folder/],
    ["a file in the place of the folder of all", [entryOf("data", { content: "x" })], /not in a folder/],
    [
      "a file through a link",
      [ROOT, entryOf("data/out", { kind: "symlink", target: "/etc" }), entryOf("data/out/passwd", {})],
      /not in a folder/,
    ],
    [
      "a file in the place of a link",
      [
        ROOT,
        entryOf("data/out", { kind: "symlink", target: "/etc/passwd" }),
        entryOf("data/out", { content: "x" }),
      ],
      /twice/,
    ],
    ["a folder twice", [ROOT, ROOT], /twice/],
    ["a link to nothing", [ROOT, entryOf("data/a", { kind: "symlink" })], /link to nowhere/],
    [
      "a link of endless length",
      [ROOT, entryOf("data/a", { kind: "symlink", target: "x".repeat(5_000) })],
      /link to/,
    ],
    [
      "a hard link out",
      [ROOT, entryOf("data/a", { kind: "hardlink", target: "/etc/shadow" })],
      /no file before/,
    ],
    [
      "a hard link to itself",
      [ROOT, entryOf("data/a", { kind: "hardlink", target: "data/a" })],
      /no file before/,
    ],
    [
      "a hard link to a folder",
      [ROOT, entryOf("data/a", { kind: "hardlink", target: "data" })],
      /no file before/,
    ],
    [
      "a hard link through a link",
      [
        ROOT,
        entryOf("data/l", { kind: "symlink", target: "/etc/shadow" }),
        entryOf("data/a", { kind: "hardlink", target: "data/l" }),
      ],
      /no file before/,
    ],
    ["a character device", [ROOT, entryOf("data/null", { flag: "3" })], /neither a file/],
    ["a block device", [ROOT, entryOf("data/sda", { flag: "4" })], /neither a file/],
    ["a pipe", [ROOT, entryOf("data/pipe", { flag: "6" })], /neither a file/],
    ["a sparse file of another form", [ROOT, entryOf("data/s", { flag: "S" })], /neither a file/],
    ["a global header", [entryOf("data/g", { flag: "g" })], /no path|neither|not in a folder/],
    [
      "a long name of another form",
      [entryOf("././@LongLink", { flag: "L", content: "data/x\0" })],
      /no path|neither/,
    ],
    ["a name longer than a file system takes", [ROOT, entryOf(`data/${"n".repeat(256)}`, {})], /longer/],
    ["a path longer than a file system takes", [ROOT, entryOf(`data/${"n/".repeat(2_100)}a`, {})], /longer/],
    ["an owner that does not exist", [ROOT, entryOf("data/a", { uid: 2 ** 31 })], /owner/],
  ];

  for (const [what, made, why] of cases) {
    it(`${what} is refused, neither packed nor unpacked nor verified`, async () => {
      const raw = archiveOf(made);
      expect(await refusalOf(verify(raw))).to.match(why);
      expect(await refusalOf(bytesOf(contentOf(inPieces(raw, 512))))).to.match(why);
      const isLeftOut = made.some(({ flag }) => flag !== null);
      if (!isLeftOut) expect(await refusalOf(pack(raw))).to.match(why);
    });
  }

  it("what is no archive is refused, without an error of any other kind", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (bytes) => {
        await refusalOf(verify(bytes));
        refused += 1;
      }),
    );
    expect(refused).to.be.at.least(100);
  });

  it("an archive with any bytes replaced is refused, or told to be what it was", async () => {
    const archive = await pack(archiveOf(SAMPLE));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(archive.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        async (at, bytes) => {
          const altered = archive.slice();
          altered.set(bytes.subarray(0, altered.length - at), at);
          if (Buffer.from(altered).equals(archive)) return;
          await refusalOf(verify(altered));
        },
      ),
      { numRuns: 300 },
    );
  }).timeout(20_000);
});

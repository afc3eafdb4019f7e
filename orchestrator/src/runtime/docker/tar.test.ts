// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { TAR_BLOCK, readTarHeader, tar, type TarEntry } from "./tar.ts";

const entry: TarEntry = { name: "www/", type: "directory", mode: 0o755, uid: 1000, gid: 1001, content: null };

describe("tar", () => {
  it("the same entries give the same bytes, in whole blocks with two empty ones at the end", () => {
    const archive = tar([entry, { ...entry, name: "a", type: "file", content: "berth" }]);
    expect(archive.equals(tar([entry, { ...entry, name: "a", type: "file", content: "berth" }]))).to.equal(
      true,
    );
    expect(archive.length).to.equal(5 * TAR_BLOCK);
    expect(archive.subarray(3 * TAR_BLOCK).every((byte) => byte === 0)).to.equal(true);
  });

  it("a header's checksum is the sum of its bytes with the checksum read as spaces", () => {
    const header = tar([entry]).subarray(0, TAR_BLOCK);
    const told = parseInt(header.toString("latin1", 148, 154), 8);
    const blank = Buffer.concat([header.subarray(0, 148), Buffer.from(" ".repeat(8)), header.subarray(156)]);
    expect(told).to.equal(blank.reduce((sum, byte) => sum + byte, 0));
  });

  it("kind and owner are read as they were written, large ids too", () => {
    const id = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(id, id, fc.constantFrom("file", "directory", "symlink"), (uid, gid, type) => {
        const header = readTarHeader(
          tar([{ ...entry, type, uid, gid, content: "x" }]).subarray(0, TAR_BLOCK),
        );
        expect(header).to.deep.equal({ isDirectory: type === "directory", uid, gid });
      }),
    );
  });

  it("the end of an archive is no entry", () => {
    expect(readTarHeader(Buffer.alloc(TAR_BLOCK))).to.equal(null);
  });

  it("refuses a name that a header cannot hold", () => {
    expect(() => tar([{ ...entry, name: "x".repeat(101) }]))
      .to.throw()
      .with.property("code", "E_TAR_FIELD");
  });
});

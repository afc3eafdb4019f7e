// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Part } from "./parts.ts";
import { type DeepRecord, leftOf, type Piece, readRecord, withPiece, writeRecord } from "./record.ts";

const PART: Part = {
  name: "walk",
  of: "market",
  total: 25,
  piece: 10,
  unit: "steps",
  lanes: 2,
  seedOf: String,
  stepOf: () => ({ command: [], env: {} }),
};
const CODES = { market: "0x01", daemon: "0x02" };
const NOTHING: DeepRecord = { codes: CODES, parts: {} };

function piece(index: number, outcome: Piece["outcome"] = "passed"): Piece {
  return { index, seed: String(index), amount: index === 2 ? 5 : 10, seconds: 1, outcome };
}

describe("the record of the long programme", () => {
  it("leaves to do what has not passed, within the share that is asked for", () => {
    expect(leftOf(NOTHING, PART, 1)).to.deep.equal([0, 1, 2]);
    const some = withPiece(withPiece(NOTHING, PART, piece(0)), PART, piece(1, "failed"));
    expect(leftOf(some, PART, 1)).to.deep.equal([1, 2]);
    expect(leftOf(some, PART, 0.3)).to.deep.equal([]);
  });

  it("counts what passed, and a piece that ran again once", () => {
    const failed = withPiece(NOTHING, PART, piece(2, "failed"));
    expect(failed.parts["walk"]?.done).to.equal(0);
    const mended = withPiece(withPiece(failed, PART, piece(2)), PART, piece(0));
    expect(mended.parts["walk"]).to.include({ done: 15, of: 25 });
    expect(mended.parts["walk"]?.pieces.map(({ index }) => index)).to.deep.equal([0, 2]);
  });

  it("adds up what was reached", () => {
    const reach = { Start: { Pending: 2 } };
    const twice = withPiece(withPiece(NOTHING, PART, piece(0), reach), PART, piece(1), reach);
    expect(twice.parts["walk"]?.reach).to.deep.equal({ Start: { Pending: 4 } });
  });

  it("says nothing about another code, and all about what did not change", () => {
    const folder = mkdtempSync(join(tmpdir(), "berth-record-"));
    const path = join(folder, "deep.json");
    const sail: Part = { ...PART, name: "sail", of: "daemon" };
    expect(readRecord(path, CODES, [PART, sail])).to.deep.equal(NOTHING);
    const both = withPiece(withPiece(NOTHING, PART, piece(0)), sail, piece(0));
    writeRecord(path, both);
    expect(readRecord(path, CODES, [PART, sail])).to.deep.equal(both);
    const other = readRecord(path, { ...CODES, daemon: "0x03" }, [PART, sail]);
    expect(Object.keys(other.parts)).to.deep.equal(["walk"]);
    expect(leftOf(other, sail, 1)).to.deep.equal([0, 1, 2]);
    rmSync(folder, { recursive: true });
  });
});

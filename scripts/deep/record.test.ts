// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { Part } from "./parts.ts";
import { type DeepRecord, leftOf, type Piece, readRecord, withPiece } from "./record.ts";

const PART: Part = {
  name: "walk",
  total: 25,
  piece: 10,
  unit: "steps",
  lanes: 2,
  seedOf: String,
  stepOf: () => ({ command: [], env: {} }),
};
const NOTHING: DeepRecord = { code: "0x01", parts: {} };

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

  it("says nothing about another code", () => {
    expect(readRecord("bench/no-such-file.json", "0x02")).to.deep.equal({ code: "0x02", parts: {} });
  });
});

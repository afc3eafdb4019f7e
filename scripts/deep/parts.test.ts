// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { chosenParts, PARTS, type Part, piecesOf, shareFrom } from "./parts.ts";

function named(name: string): Part {
  const part = PARTS.find((candidate) => candidate.name === name);
  if (part === undefined) throw new Error(`there is no part ${name}`);
  return part;
}

describe("the long programme", () => {
  it("is all of it where no part is named, else the parts named, in its own order", () => {
    expect(chosenParts(PARTS, [])).to.equal(PARTS);
    expect(chosenParts(PARTS, ["model", "fuzz"]).map(({ name }) => name)).to.deep.equal(["fuzz", "model"]);
    expect(() => chosenParts(PARTS, ["fuss"])).to.throw("unknown part fuss; the parts are fuzz");
  });

  it("runs the share that is asked for, and refuses what is none", () => {
    expect(shareFrom(undefined)).to.equal(1);
    expect(shareFrom("0.02")).to.equal(0.02);
    for (const text of ["0", "1.1", "-1", "much", ""]) expect(() => shareFrom(text)).to.throw("above 0");
  });

  it("does a part in pieces, the last as small as it must be, and begins with the first ones of a share", () => {
    const part = { ...named("model"), total: 2_500 };
    expect(piecesOf(part, 1)).to.deep.equal([1_000, 1_000, 500]);
    expect(piecesOf(part, 0.5)).to.deep.equal([1_000, 1_000]);
  });

  it("gives every piece a seed, or a place in a seed, of its own", () => {
    const seeds = (name: string): string[] => [...piecesOf(named(name), 1).keys()].map(named(name).seedOf);
    for (const name of ["fuzz", "invariants", "model", "simulation"])
      expect(new Set(seeds(name)).size).to.equal(seeds(name).length);
    expect(named("model").stepOf(3, 700).env).to.include({ BERTH_FIRST: "3000", BERTH_SEQUENCES: "700" });
    expect(named("fuzz").stepOf(1, 9).env).to.include({ BERTH_FUZZ_SEED: "0x1235", BERTH_FUZZ_RUNS: "9" });
  });

  it("counts calls in whole runs of the campaign", () => {
    expect(named("invariants").stepOf(0, 12_501).env).to.include({ BERTH_INVARIANT_RUNS: "2" });
  });
});

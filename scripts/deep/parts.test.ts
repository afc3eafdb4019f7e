// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { chosenParts, PARTS, shareFrom } from "./parts.ts";

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

  it("shares out the sequences of the model among processes, each once", () => {
    const model = PARTS.find(({ name }) => name === "model");
    const shards = model?.steps(2_500).map(({ env }) => [env["BERTH_FIRST"], env["BERTH_SEQUENCES"]]);
    expect(shards).to.deep.equal([
      ["0", "1000"],
      ["1000", "1000"],
      ["2000", "500"],
    ]);
  });
});

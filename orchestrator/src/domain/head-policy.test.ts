// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { habitsOf } from "./head-policy.ts";

describe("habits of chains", () => {
  it("a local chain is acted on at once, and knows no finality", () => {
    expect(habitsOf(31_337).heads).to.deep.equal({ act: 0n, settle: 0n, delete: 0n });
  });

  for (const chainId of [1, 10, 8_453, 42_161, 11_155_111, 11_155_420, 84_532, 421_614, 987_654_321]) {
    it(`on chain ${chainId} nothing is deleted before finality, and nothing is done at the very newest block`, () => {
      const { heads, lagBlocks, linkedBlocks } = habitsOf(chainId);
      expect(heads).to.include({ settle: "safe", delete: "finalized" });
      expect(Number(heads.act)).to.be.above(0);
      expect(linkedBlocks).to.be.above(Number(lagBlocks) + Number(heads.act));
    });
  }
});

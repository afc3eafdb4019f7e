// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { HeadWatch } from "./head-watch.ts";

describe("heads of an endpoint", () => {
  it("one that goes back is stale, until it is where it was", () => {
    const heads = new HeadWatch();
    heads.saw(100n, 0);
    heads.saw(99n, 1);
    expect(heads.isStale(99n, 5n)).to.equal(true);
    heads.saw(99n, 2);
    expect(heads.isStale(99n, 5n)).to.equal(true);
    heads.saw(100n, 3);
    expect(heads.isStale(100n, 5n)).to.equal(false);
  });

  for (const behind of [1n, 5n, 6n, 64n]) {
    it(`one that is ${behind} behind the best is stale only beyond the allowed lag of 5`, () => {
      const heads = new HeadWatch();
      heads.saw(1_000n - behind, 0);
      expect(heads.isStale(1_000n, 5n)).to.equal(behind > 5n);
    });
  }

  it("one that stays back for a minute is the chain's own", () => {
    const heads = new HeadWatch();
    heads.saw(100n, 0);
    heads.saw(50n, 10);
    heads.saw(50n, 60_009);
    expect(heads.isStale(50n, 5n)).to.equal(true);
    heads.saw(51n, 60_010);
    expect(heads.isStale(51n, 5n)).to.equal(false);
    heads.saw(50n, 60_011);
    expect(heads.isStale(51n, 5n)).to.equal(true);
  });

  it("nothing is said against one that showed no head yet", () => {
    expect(new HeadWatch().isStale(1_000n, 5n)).to.equal(false);
  });
});

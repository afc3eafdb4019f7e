// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { sampleOf } from "./sample.ts";

const ITEMS = Array.from({ length: 50 }, (_, index) => ({ id: `mutant-${index}` }));

describe("a sample", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(sampleOf(ITEMS, 10, 1)).to.deep.equal(sampleOf(ITEMS, 10, 1));
    expect(sampleOf(ITEMS, 10, 1)).not.to.deep.equal(sampleOf(ITEMS, 10, 2));
  });

  it("does not depend on the order, and keeps it", () => {
    const sample = sampleOf(ITEMS, 10, 1);
    expect(sampleOf(ITEMS.toReversed(), 10, 1)).to.deep.equal(sample.toReversed());
    expect(sample).to.have.length(10);
  });

  it("is everything where there is not more", () => {
    expect(sampleOf(ITEMS, 500, 1)).to.deep.equal(ITEMS);
  });
});

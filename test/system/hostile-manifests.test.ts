// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { tryBytes, tryChangedDocuments, tryChangedFiles } from "../manifests/properties.ts";

const RUNS = 100_000;

describe("a hundred thousand manifests", function () {
  this.timeout(600_000);
  it("that are changed files are refused as we refuse, or build what is allowed", () => {
    const { accepted, refused } = tryChangedFiles(RUNS);
    expect(accepted).to.be.above(RUNS / 100);
    expect(refused).to.be.above(RUNS / 10);
  });

  it("that are changed documents are refused as we refuse, or build what is allowed", () => {
    const { accepted, refused } = tryChangedDocuments(RUNS);
    expect(accepted).to.be.above(RUNS / 100);
    expect(refused).to.be.above(RUNS / 10);
  });

  it("that are bytes are refused as we refuse, at both doors", () => {
    tryBytes(RUNS);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { tryBytes, tryChangedDocuments, tryChangedFiles } from "./properties.ts";

const RUNS = 3_000;

describe("whatever a manifest says", () => {
  it("a changed file is refused as we refuse, or builds what is allowed", () => {
    const { accepted, refused } = tryChangedFiles(RUNS);
    expect(accepted).to.be.above(RUNS / 100);
    expect(refused).to.be.above(RUNS / 10);
  }).timeout(60_000);

  it("a changed document is refused as we refuse, or builds what is allowed", () => {
    const { accepted, refused } = tryChangedDocuments(RUNS);
    expect(accepted).to.be.above(RUNS / 100);
    expect(refused).to.be.above(RUNS / 10);
  }).timeout(60_000);

  it("bytes are refused as we refuse, at both doors", () => {
    tryBytes(RUNS);
  }).timeout(60_000);
});

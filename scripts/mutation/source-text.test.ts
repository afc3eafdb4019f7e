// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { between, SourceText } from "./source-text.ts";

describe("source text", () => {
  const text = new SourceText("// grün\na < b");
  const left = { start: 9, length: 1 };
  const right = { start: 13, length: 1 };

  it("counts bytes, not letters", () => {
    expect([text.at(left), text.at(right)]).to.deep.equal(["a", "b"]);
  });

  it("puts other words in one place and leaves all others", () => {
    expect(text.replaced(between(left, right), " <= ")).to.equal("// grün\na <= b");
  });

  it("tells lines from 1", () => {
    expect([text.lineAt(0), text.lineAt(right.start)]).to.deep.equal([1, 2]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { computeMarketAbi } from "../../sdk/src/generated/abi.ts";

const page = readFileSync("docs/contracts.md", "utf8");

/** What the page says between the backticks that a pattern finds at the beginnings of lines. */
function written(pattern: RegExp): readonly string[] {
  return [...page.matchAll(pattern)].map(([, signature]) => String(signature)).sort();
}

/** What the ABI has of a kind, each with the names of its arguments. */
function built(kind: "function" | "event"): readonly string[] {
  return computeMarketAbi
    .flatMap((entry) => (entry.type === kind ? [entry] : []))
    .map(({ name, inputs }) => `${name}(${inputs.map((input) => input.name).join(", ")})`)
    .sort();
}

describe("docs/contracts.md", () => {
  it("has a section for every function of the market, once, and for no other", () => {
    expect(built("function")).to.have.length.above(50);
    expect(written(/^### `(.+\))`$/gm)).to.deep.equal(built("function"));
  });

  it("has a line for every event, once, and for no other", () => {
    expect(built("event")).to.have.length.above(30);
    expect(written(/^\| `([A-Z]\w+\(.*\))` \|/gm)).to.deep.equal(built("event"));
  });

  it("names every error, and no name that the market does not have", () => {
    const errors = computeMarketAbi.flatMap((entry) => (entry.type === "error" ? [entry.name] : []));
    const events = built("event").map((signature) => signature.split("(")[0]);
    const named = new Set(written(/`([A-Z][a-z]+[A-Z]\w*)`/g));
    for (const other of [...events, "ComputeMarket", "SafeERC20"]) named.delete(String(other));
    expect(errors).to.have.length.above(40);
    expect([...named].sort()).to.deep.equal([...errors].sort());
  });
});

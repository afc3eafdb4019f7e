// SPDX-License-Identifier: Apache-2.0
import { computeMarketAbi } from "@berth/sdk";
import { expect } from "chai";
import { fieldsOf, leavesOf, readDescriptor, type Parameter } from "./descriptor-fixtures.ts";

const descriptor = readDescriptor("eip712-ComputeMarket-Quote.json");

function quoteMembers(): readonly Parameter[] {
  const [quote] = (
    computeMarketAbi as readonly { type: string; name?: string; inputs?: readonly Parameter[] }[]
  )
    .filter(({ type, name }) => type === "function" && name === "hashQuote")
    .flatMap(({ inputs = [] }) => inputs);
  return quote?.components ?? [];
}

describe("a wallet that reads the descriptor of quotes", () => {
  it("knows the one type that the contract hashes", () => {
    const type = `Quote(${quoteMembers()
      .map(({ type, name }) => `${type} ${name}`)
      .join(",")})`;
    expect(Object.keys(descriptor.display.formats)).to.deep.equal([type]);
    expect(type).to.contain("milliRatePerSecond");
  });

  it("takes no other contract's domain for ours", () => {
    expect(descriptor.context.eip712?.domain).to.deep.equal({ name: "ComputeMarket", version: "1" });
  });

  it("shows every member, none hidden, the end as a date", () => {
    const [entry] = Object.values(descriptor.display.formats);
    if (entry === undefined) throw new RangeError("no entry");
    const fields = fieldsOf(entry, descriptor);
    expect(fields.map(({ path }) => path)).to.have.members([...leavesOf(quoteMembers()).keys()]);
    expect(fields.some(({ visible }) => visible === "never")).to.equal(false);
    expect(fields.find(({ path }) => path === "expiresAt")?.format).to.equal("date");
    for (const [, path] of (entry.interpolatedIntent ?? "").matchAll(/\{([^}]*)\}/g))
      expect(fields.map((field) => field.path)).to.include(path);
  });
});

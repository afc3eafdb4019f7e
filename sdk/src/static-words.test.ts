// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { type AbiParameter, bytesToHex, decodeAbiParameters } from "viem";
import { computeMarketAbi } from "./generated/abi.ts";
import { staticReader } from "./static-words.ts";

const events = computeMarketAbi.filter((item) => item.type === "event");
const lists = events.map(({ name, inputs }) => {
  const parameters: readonly (AbiParameter & { readonly indexed?: boolean })[] = inputs;
  return [name, parameters.filter(({ indexed }) => indexed !== true)] as const;
});
const readable = lists.flatMap(([name, parameters]) => {
  const read = staticReader(parameters);
  return read === null || parameters.length === 0 ? [] : [{ name, parameters, read }];
});

describe("words of fixed places", () => {
  it("most of the market's events are read so, those of reports and settlements among them", () => {
    const names = readable.map(({ name }) => name);
    expect(names).to.include.members(["UsageReported", "LeaseSettled", "LeaseStarted", "LeaseOpened"]);
  });

  for (const { name, parameters, read } of readable)
    it(`${name} is read as viem reads it, from any words, and refused where viem refuses it for being short`, () => {
      const bytes = fc.uint8Array({ minLength: 0, maxLength: 640 });
      fc.assert(
        fc.property(bytes, (data) => {
          const hex = bytesToHex(data);
          expect(outcome(() => read(hex))).to.deep.equal(outcome(() => decodeAbiParameters(parameters, hex)));
        }),
      );
    });

  it("what has no fixed size is left to viem", () => {
    for (const type of ["string", "bytes", "uint256[]", "int24", "bytes4"])
      expect(staticReader([{ type: "uint256" }, { type }])).to.equal(null);
  });
});

function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch {
    return "refused";
  }
}

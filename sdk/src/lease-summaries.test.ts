// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import {
  type AbiParameter,
  bytesToHex,
  decodeFunctionResult,
  encodeAbiParameters,
  getAbiItem,
  type Hex,
} from "viem";
import { computeMarketAbi as abi } from "./generated/abi.ts";
import { decodeSummaries } from "./lease-summaries.ts";

const [list] = getAbiItem({ abi, name: "leaseSummaries" }).outputs;
const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => BigInt(bytesToHex(bytes)));

function valueOf(type: string): fc.Arbitrary<unknown> {
  if (type === "bool") return fc.boolean();
  if (type === "address")
    return fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytesToHex(bytes));
  return type === "uint8" ? fc.nat(255) : word;
}

const summary = fc.record(
  Object.fromEntries(list.components.map(({ name, type }) => [name, valueOf(type)] as const)),
);
const byViem = (data: Hex): unknown => decodeFunctionResult({ abi, functionName: "leaseSummaries", data });

describe("the answer to leaseSummaries", () => {
  it("is read as viem reads it, of however many leases", () => {
    fc.assert(
      fc.property(fc.array(summary, { maxLength: 8 }), (summaries) => {
        const data = encodeAbiParameters([list] as readonly AbiParameter[], [summaries]);
        const read = decodeSummaries(data);
        expect(read).to.have.length(summaries.length);
        expect(read).to.deep.equal(byViem(data));
      }),
    );
  });

  it("is refused as viem refuses it, where it is cut short, is nothing, or is no such answer", () => {
    fc.assert(
      fc.property(
        fc.array(summary, { minLength: 1, maxLength: 3 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (summaries, part) => {
          const data = encodeAbiParameters([list] as readonly AbiParameter[], [summaries]);
          const bytes = Math.floor(((data.length - 2) / 2) * part);
          const cut = data.slice(0, 2 + 2 * bytes) as Hex;
          expect(() => decodeSummaries(cut)).to.throw();
          expect(() => byViem(cut)).to.throw();
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        const data = bytesToHex(bytes);
        expect(outcome(() => decodeSummaries(data))).to.deep.equal(outcome(() => byViem(data)));
      }),
    );
  });
});

function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch {
    return "refused";
  }
}

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { CEILINGS } from "./ceilings.ts";
import { ceilingProblems, regressions } from "./judge.ts";
import type { Figures, GasResult } from "./operations.ts";

const SETTINGS = {
  compiler: "0.8.37",
  viaIR: true,
  runs: 200,
  evmVersion: "prague",
  hardfork: "prague",
  runtimeBytes: 20_000,
  command: "npm run bench:gas",
};
const DECISION = "docs/adr/README.md";

function resultOf(operations: Figures, usdc: Figures = {}, settings: object = {}): GasResult {
  return { settings: { ...SETTINGS, ...settings }, operations, usdc };
}

describe("the comparison with the committed figures", () => {
  const committed = resultOf({ open: 100_000 }, { open: 110_000 });

  it("accepts a rise of 0.4 %, of 0.5 % sharp, and any fall", () => {
    for (const open of [100_400, 100_500, 99_999, 1])
      expect(regressions(committed, resultOf({ open }, { open: 110_000 }))).to.deep.equal([]);
  });

  it("refuses a rise of 0.6 %, and the least above 0.5 %", () => {
    for (const open of [100_600, 100_501])
      expect(regressions(committed, resultOf({ open }, { open: 110_000 }))).to.deep.equal([
        `operations.open: ${open}, committed 100000`,
      ]);
  });

  it("refuses a rise with the token of USDC's shape alone", () => {
    expect(regressions(committed, resultOf({ open: 100_000 }, { open: 110_660 }))).to.deep.equal([
      "usdc.open: 110660, committed 110000",
    ]);
  });

  it("refuses a name that is missing and one that is new", () => {
    expect(regressions(committed, resultOf({ opened: 1 }, { open: 110_000 }))).to.deep.equal([
      "operations.open: in the committed file, but not measured",
      "operations.opened: not in the committed file",
    ]);
  });

  it("refuses figures of other settings, and does not mind another size", () => {
    const { operations, usdc } = committed;
    expect(regressions(committed, resultOf(operations, usdc, { runs: 1 }))).to.deep.equal([
      "runs: 1, committed 200",
    ]);
    expect(regressions(committed, resultOf(operations, usdc, { runtimeBytes: 1 }))).to.deep.equal([]);
  });
});

describe("the ceilings", () => {
  const above = { ...CEILINGS, open: CEILINGS.open + 1 };

  it("accept what reaches them and refuse what passes them", () => {
    expect(ceilingProblems(resultOf(CEILINGS), {})).to.deep.equal([]);
    expect(ceilingProblems(resultOf(above), {})).to.deep.equal([
      "open: 120001 is above its ceiling of 120000",
    ]);
  });

  it("do not bind a token of USDC's shape", () => {
    expect(ceilingProblems(resultOf(CEILINGS, above), {})).to.deep.equal([]);
  });

  it("accept an exception that a decision allows, while it is needed", () => {
    expect(ceilingProblems(resultOf(above), { open: DECISION })).to.deep.equal([]);
    expect(ceilingProblems(resultOf(CEILINGS), { open: DECISION })).to.deep.equal([
      "open: needs its exception no more",
    ]);
    expect(ceilingProblems(resultOf(above), { open: "docs/adr/none.md" })).to.deep.equal([
      "open: docs/adr/none.md, which allows it, does not exist",
    ]);
  });

  it("refuse an operation without a figure", () => {
    const { close: _close, ...rest } = CEILINGS;
    expect(ceilingProblems(resultOf(rest), {})).to.deep.equal(["close: no figure"]);
  });

  it("accept reports that differ by 100, and refuse 101", () => {
    expect(ceilingProblems(resultOf({ ...CEILINGS, report100: 41_900 }), {})).to.deep.equal([]);
    expect(ceilingProblems(resultOf({ ...CEILINGS, report1: 41_899 }), {})).to.deep.equal([
      "a report costs up to 101 more with more leases open",
    ]);
  });

  it("refuse a contract that public chains do not take", () => {
    expect(ceilingProblems(resultOf(CEILINGS, {}, { runtimeBytes: 24_576 }), {})).to.deep.equal([]);
    expect(ceilingProblems(resultOf(CEILINGS, {}, { runtimeBytes: 24_577 }), {})).to.deep.equal([
      "the runtime bytecode has 24577 bytes, of at most 24576",
    ]);
  });
});

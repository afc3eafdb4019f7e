// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { EXCEPTIONS } from "../../scripts/bench/gas/ceilings.ts";
import { ceilingProblems, regressions } from "../../scripts/bench/gas/judge.ts";
import { measureAll } from "../../scripts/bench/gas/measure.ts";
import { OPERATIONS } from "../../scripts/bench/gas/operations.ts";
import type { GasResult } from "../../scripts/bench/gas/operations.ts";

describe("gas, measured afresh", () => {
  const file = new URL("../../bench/gas.json", import.meta.url);
  const committed = JSON.parse(readFileSync(file, "utf8")) as GasResult;
  let fresh: GasResult;

  before(async () => {
    fresh = await measureAll(false, async () => {});
  });

  it("has the same names as the committed figures, with either token", () => {
    for (const { operations, usdc } of [committed, fresh])
      for (const figures of [operations, usdc]) expect(Object.keys(figures)).to.have.members([...OPERATIONS]);
  });

  it("is not more than 0.5 % above the committed figures, under the same settings", () => {
    expect(regressions(committed, fresh)).to.deep.equal([]);
  });

  it("is below every ceiling, and the same for a report with 1, 100 and 10,000 leases open", () => {
    expect(ceilingProblems(fresh, EXCEPTIONS)).to.deep.equal([]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { judgeSubnets } from "./judge-subnets.ts";

const offers = (...capacities: readonly bigint[]) =>
  capacities.map((capacity) => ({ capacity, closed: false }));

describe("the doctor's word on the subnet pool", () => {
  it("is well with twice as many networks as leases, warns with fewer, and fails with fewer than leases", () => {
    const states = [8n, 9n, 16n, 17n].map((capacity) => judgeSubnets("10.0.0.0/24", offers(capacity)).state);
    expect(states).to.deep.equal(["ok", "warning", "warning", "failing"]);
  });

  it("counts all offers together, but for those that are closed", () => {
    expect(judgeSubnets("10.0.0.0/24", offers(4n, 4n, 4n)).state).to.equal("warning");
    expect(judgeSubnets("10.0.0.0/24", [...offers(8n), { capacity: 99n, closed: true }]).state).to.equal(
      "ok",
    );
  });

  it("takes the usual pool where none is configured, and says how many networks it has", () => {
    expect(judgeSubnets(undefined, offers(3n)).says).to.contain("16384 networks");
  });

  it("fails of what is no pool, and does not guess where the offers are not known", () => {
    for (const pool of ["10.0.0.0", "10.0.0.0/30", "pool"])
      expect(judgeSubnets(pool, offers(1n)).state, pool).to.equal("failing");
    expect(judgeSubnets("10.0.0.0/24", null).state).to.equal("unknown");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { judgeSubnets } from "./judge-subnets.ts";

const offers = (...capacities: readonly bigint[]) =>
  capacities.map((capacity) => ({ capacity, closed: false }));

describe("the doctor's word on the subnet pool", () => {
  it("is well with twice as many networks as leases, warns with fewer, and fails with fewer than leases", () => {
    const states = [8n, 9n, 16n, 17n].map((capacity) => judgeSubnets(16, offers(capacity)).state);
    expect(states).to.deep.equal(["ok", "warning", "warning", "failing"]);
  });

  it("counts all offers together, but for those that are closed", () => {
    expect(judgeSubnets(16, offers(4n, 4n, 4n)).state).to.equal("warning");
    expect(judgeSubnets(16, [...offers(8n), { capacity: 99n, closed: true }]).state).to.equal("ok");
  });

  it("does not guess where the offers are not known", () => {
    expect(judgeSubnets(16, null).state).to.equal("unknown");
  });
});

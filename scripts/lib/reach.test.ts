// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { addReach, drawReach, rarestOf, reachOf } from "./reach.ts";

const DEEDS = ["Start", "Pause"];
const STATUSES = ["None", "Pending", "Active"];

describe("the table of what the campaign reached", () => {
  it("sums the runs, leaves out the lease that does not exist, and counts a run that was told twice once", () => {
    const text = "0,1,2,0,3,4\n0,10,20,0,30,40\n0,10,20,0,30,40\n";
    expect(reachOf(text, DEEDS, STATUSES)).to.deep.equal({
      Start: { Pending: 11, Active: 22 },
      Pause: { Pending: 33, Active: 44 },
    });
  });

  it("adds up", () => {
    const one = { Start: { Pending: 1, Active: 2 } };
    expect(addReach(undefined, one)).to.deep.equal(one);
    expect(addReach(one, one)).to.deep.equal({ Start: { Pending: 2, Active: 4 } });
  });

  it("names the cell that was reached least", () => {
    const reach = { Start: { Pending: 7, Active: 9 }, Pause: { Pending: 8, Active: 3 } };
    expect(rarestOf(reach)).to.deep.equal({ name: "Pause / Active", hits: 3 });
    expect(drawReach(reach)).to.contain("reached least: Pause / Active, 3 times");
  });
});

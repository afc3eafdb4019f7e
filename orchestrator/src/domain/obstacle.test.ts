// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { CHECK_NAMES, CHECK_STATES } from "./health.ts";
import { obstacleOf } from "./obstacle.ts";

describe("an obstacle to new leases", () => {
  it("is gas money that is as good as gone, and nothing else, nor anything that is not known", () => {
    const obstacles = CHECK_NAMES.flatMap((name) =>
      CHECK_STATES.filter((state) => obstacleOf([{ name, state }]) !== null).map((state) => [name, state]),
    );
    expect(obstacles).to.deep.equal([["gasMoney", "failing"]]);
    expect(obstacleOf([{ name: "gasMoney", state: "failing" }])?.code).to.equal("E_GAS_MONEY_LOW");
    expect(obstacleOf([])).to.equal(null);
  });
});

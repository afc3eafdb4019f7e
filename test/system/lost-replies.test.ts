// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { loseReplies } from "../../orchestrator/src/runtime/docker/lost-replies-fixtures.ts";

/** What the adapter asks for that changes anything, a pull apart. */
const MUTATING_ENDPOINTS = 12;

describe("ten thousand lost replies of the engine", () => {
  it("give no duplicate and no leak", async () => {
    const { dropped } = await loseReplies(20_261_130n, 10_000);
    expect([...dropped.values()].reduce((sum, count) => sum + count, 0)).to.equal(10_000);
    expect(dropped.size).to.equal(MUTATING_ENDPOINTS);
  });
});

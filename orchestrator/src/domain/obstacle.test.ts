// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { CHECK_NAMES, CHECK_STATES } from "./health.ts";
import { LEFTOVER_KINDS } from "./leftover.ts";
import { obstacleOf } from "./obstacle.ts";

describe("an obstacle to new leases", () => {
  it("is gas money that is as good as gone or a full disk, and no other check, nor anything that is not known", () => {
    const obstacles = CHECK_NAMES.flatMap((name) =>
      CHECK_STATES.filter((state) => obstacleOf([{ name, state }], [], true) !== null).map((state) => [
        name,
        state,
      ]),
    );
    expect(obstacles).to.deep.equal([
      ["gasMoney", "failing"],
      ["disk", "failing"],
    ]);
    expect(obstacleOf([{ name: "disk", state: "failing" }], [], true)?.code).to.equal("E_DISK_FULL");
    expect(obstacleOf([{ name: "gasMoney", state: "failing" }], [], true)?.code).to.equal("E_GAS_MONEY_LOW");
    expect(obstacleOf([], [], true)).to.equal(null);
  });

  it("is, once and whatever else is known, that the gas money was not seen yet since the start", () => {
    for (const state of CHECK_STATES)
      expect(obstacleOf([{ name: "gasMoney", state }], [], false)?.code).to.equal("E_GAS_MONEY_UNSEEN");
    expect(obstacleOf([{ name: "gasMoney", state: "unknown" }], [], true)).to.equal(null);
  });

  it("is a process that does not end, and no other leftover: those take nothing that a lease is promised", () => {
    const kinds = LEFTOVER_KINDS.filter((kind) => obstacleOf([], [{ kind }], true) !== null);
    expect(kinds).to.deep.equal(["process"]);
    expect(obstacleOf([], [{ kind: "process" }], true)?.code).to.equal("E_PROCESS_STUCK");
  });
});

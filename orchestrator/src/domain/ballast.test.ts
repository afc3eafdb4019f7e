// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { BALLAST, ballastStep, ROOM_FOR_BALLAST } from "./ballast.ts";

describe("the ballast beside the journal", () => {
  it("is made where there is ample room, anew where it is there in part, and never twice", () => {
    const free = ROOM_FOR_BALLAST;
    expect(ballastStep({ held: 0, free, isRefused: false })).to.equal("make");
    expect(ballastStep({ held: BALLAST - 1, free, isRefused: false })).to.equal("make");
    expect(ballastStep({ held: BALLAST, free, isRefused: false })).to.equal("leave");
    expect(ballastStep({ held: 0, free: free - 1, isRefused: false })).to.equal("leave");
  });

  it("is given up for want of room alone, and only where there is any", () => {
    expect(ballastStep({ held: BALLAST, free: 0, isRefused: true })).to.equal("give up");
    expect(ballastStep({ held: 1, free: BALLAST - 1, isRefused: true })).to.equal("give up");
    expect(ballastStep({ held: BALLAST, free: BALLAST, isRefused: true })).to.equal("leave");
    expect(ballastStep({ held: 0, free: 0, isRefused: true })).to.equal("leave");
    expect(ballastStep({ held: BALLAST, free: 0, isRefused: false })).to.equal("leave");
  });
});

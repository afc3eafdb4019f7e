// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { isAbsenceFinal, isCloseFinal } from "./finality.ts";

const at = (number: bigint, timestamp = number * 12n) => ({ number, timestamp });

describe("finality of an end", () => {
  it("a close is final once the final block is later than it", () => {
    expect(isCloseFinal(600n, at(60n), at(50n))).to.equal(false);
    expect(isCloseFinal(600n, at(60n), at(51n))).to.equal(true);
  });

  it("blocks may share a time: one of the close's own time proves nothing", () => {
    expect(isCloseFinal(600n, at(60n, 600n), at(59n, 600n))).to.equal(false);
    expect(isCloseFinal(600n, at(60n, 601n), at(59n, 601n))).to.equal(true);
  });

  it("where every block is final, a close is as soon as it is seen", () => {
    expect(isCloseFinal(720n, at(60n), at(60n))).to.equal(true);
    expect(isCloseFinal(720n, at(60n), at(61n))).to.equal(true);
  });

  it("an absence is final once the final block is later than the one that missed the lease", () => {
    expect(isAbsenceFinal(60n, at(59n))).to.equal(false);
    expect(isAbsenceFinal(60n, at(60n))).to.equal(false);
    expect(isAbsenceFinal(60n, at(61n))).to.equal(true);
  });

  it("while nobody tells what is final, nothing is", () => {
    expect(isCloseFinal(0n, at(60n), null)).to.equal(false);
    expect(isAbsenceFinal(0n, null)).to.equal(false);
  });
});

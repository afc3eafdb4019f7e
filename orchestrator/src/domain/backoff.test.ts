// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { backoffDelay } from "./backoff.ts";

const backoff = { first: 100, longest: 5_000 };

describe("back-off", () => {
  it("waits for nothing after no failure, and twice as long after each one, up to the cap", () => {
    const delays = [0, 1, 2, 3, 7, 1_000].map((failures) => backoffDelay(backoff, failures, 1));
    expect(delays).to.deep.equal([0, 100, 200, 400, 5_000, 5_000]);
  });

  it("is spread over the upper half of what it may be", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 200 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const whole = backoffDelay(backoff, failures, 1);
          expect(backoffDelay(backoff, failures, random)).to.be.within(Math.floor(whole / 2), whole);
        },
      ),
    );
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { formatAmount } from "./amounts.ts";
import { UserError } from "./errors.ts";
import { formatRate, MAX_MILLI_RATE, parseRate } from "./rates.ts";

describe("rates", () => {
  it("1 USDC an hour is 277,778 thousandths of a base unit per second", () => {
    expect(parseRate("1.00/h", 6)).to.equal(277_778n);
  });

  it("reads seconds, hours and months of 30 days", () => {
    expect(parseRate("1/s", 6)).to.equal(1_000_000_000n);
    expect(parseRate("3600/h", 6)).to.equal(1_000_000_000n);
    expect(parseRate("2592000/mo", 6)).to.equal(1_000_000_000n);
  });

  it("the step is 0.002592 USDC a month: whatever is cheaper, but not free, costs that", () => {
    expect(formatRate(1n, 6, "month")).to.equal("0.002592/mo");
    expect(parseRate("0.002592/mo", 6)).to.equal(1n);
    expect(parseRate("0.000000000000000000000001/mo", 6)).to.equal(1n);
    expect(parseRate("0.0025921/mo", 6)).to.equal(2n);
  });

  it("the ceiling at 18 decimals is a little over 68,000 tokens an hour, and one step more is refused", () => {
    expect(formatRate(MAX_MILLI_RATE, 18, "hour")).to.match(/^68002\.\d{18,21}\/h$/);
    expect(parseRate(formatRate(MAX_MILLI_RATE, 18, "hour"), 18)).to.equal(MAX_MILLI_RATE);
    expect(() => parseRate(formatRate(MAX_MILLI_RATE + 1n, 18, "hour"), 18))
      .to.throw(UserError)
      .with.property("code", "E_RATE_OUT_OF_BOUNDS");
  });

  it("refuses a price of nothing", () => {
    expect(() => parseRate("0/h", 6))
      .to.throw(UserError)
      .with.property("code", "E_RATE_OUT_OF_BOUNDS");
  });

  it("refuses a price without a unit, with a foreign one, or that is no number", () => {
    for (const text of ["1", "/h", "1/d", "1/hour", "-1/h", "1 /h", "1/H", "x/h", ""]) {
      expect(() => parseRate(text, 6), `"${text}"`)
        .to.throw(UserError)
        .with.property("code", "E_RATE_INVALID");
    }
  });

  it("reads back every rate that it wrote, in every unit", () => {
    const rates = fc.bigInt({ min: 1n, max: MAX_MILLI_RATE });
    const units = fc.constantFrom("second", "hour", "month");
    fc.assert(
      fc.property(rates, fc.integer({ min: 0, max: 18 }), units, (rate, decimals, unit) => {
        expect(parseRate(formatRate(rate, decimals, unit), decimals)).to.equal(rate);
      }),
    );
  });

  it("rounds up, by less than a step", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n }), (millionths) => {
        const rate = parseRate(`${formatAmount(millionths, 6)}/h`, 6);
        const exact = millionths * 1_000n;
        expect(rate * 3_600n >= exact && (rate - 1n) * 3_600n < exact).to.equal(true);
      }),
    );
  });
});

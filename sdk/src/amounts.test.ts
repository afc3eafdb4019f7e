// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { formatAmount, parseAmount } from "./amounts.ts";
import { UserError } from "./errors.ts";

describe("amounts", () => {
  it("reads whole tokens as base units, exactly", () => {
    expect(parseAmount("1.5", 6)).to.equal(1_500_000n);
    expect(parseAmount("0.000001", 6)).to.equal(1n);
    expect(parseAmount("0", 6)).to.equal(0n);
    expect(parseAmount("007", 0)).to.equal(7n);
    expect(parseAmount("79228162514264337593543.950335", 6)).to.equal(2n ** 96n - 1n);
  });

  it("writes base units with no digit too many", () => {
    expect(formatAmount(1_500_000n, 6)).to.equal("1.5");
    expect(formatAmount(1n, 18)).to.equal("0.000000000000000001");
    expect(formatAmount(0n, 6)).to.equal("0");
    expect(formatAmount(-2_000_001n, 6)).to.equal("-2.000001");
    expect(formatAmount(12n, 0)).to.equal("12");
  });

  it("reads back every amount that it wrote", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
        fc.integer({ min: 0, max: 36 }),
        (units, decimals) => {
          expect(parseAmount(formatAmount(units, decimals), decimals)).to.equal(units);
        },
      ),
    );
  });

  it("refuses what is not a plain decimal number", () => {
    for (const text of [
      "",
      " 1",
      "1 ",
      "-1",
      "+1",
      "1.",
      ".5",
      "1e3",
      "0x10",
      "1,5",
      "1_000",
      "1.2.3",
      "NaN",
      "१",
    ]) {
      expect(() => parseAmount(text, 6), `"${text}"`)
        .to.throw(UserError)
        .with.property("code", "E_AMOUNT_INVALID");
    }
  });

  it("refuses an amount finer than the token rather than rounding it", () => {
    expect(() => parseAmount("0.0000001", 6))
      .to.throw(UserError, "more than the token's 6 decimal places")
      .with.property("code", "E_AMOUNT_INVALID");
  });
});

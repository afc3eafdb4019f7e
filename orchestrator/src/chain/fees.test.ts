// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { capFees, type Fees, raiseFees } from "./fees.ts";

const wei = fc.bigInt({ min: 0n, max: 10n ** 15n });
const fees = fc
  .tuple(wei, wei)
  .map(([a, b]): Fees => ({ maxFeePerGas: a > b ? a : b, maxPriorityFeePerGas: a > b ? b : a }));

describe("fees", () => {
  it("are at most the cap, and the tip at most the whole", () => {
    fc.assert(
      fc.property(fees, wei, (asked, cap) => {
        const { maxFeePerGas, maxPriorityFeePerGas } = capFees(asked, cap);
        return (
          maxFeePerGas <= cap && maxPriorityFeePerGas <= maxFeePerGas && maxFeePerGas <= asked.maxFeePerGas
        );
      }),
    );
  });

  it("are raised by an eighth of both at least, to what the market asks at least, never past the cap", () => {
    fc.assert(
      fc.property(fees, fees, wei, (paid, market, cap) => {
        const raised = raiseFees(paid, market, cap);
        if (raised === null) return true;
        const byAnEighth =
          raised.maxFeePerGas * 8n >= paid.maxFeePerGas * 9n &&
          raised.maxPriorityFeePerGas * 8n >= paid.maxPriorityFeePerGas * 9n &&
          raised.maxFeePerGas > paid.maxFeePerGas &&
          raised.maxPriorityFeePerGas > paid.maxPriorityFeePerGas;
        const asMarket = raised.maxFeePerGas >= market.maxFeePerGas || raised.maxFeePerGas === cap;
        return byAnEighth && asMarket && raised.maxFeePerGas <= cap;
      }),
    );
  });

  it("are raised whenever the cap has room for it, and not when it has none", () => {
    const paid = { maxFeePerGas: 800n, maxPriorityFeePerGas: 80n };
    const market = { maxFeePerGas: 100n, maxPriorityFeePerGas: 10n };
    expect(raiseFees(paid, market, 900n)).to.deep.equal({ maxFeePerGas: 900n, maxPriorityFeePerGas: 90n });
    expect(raiseFees(paid, market, 899n)).to.equal(null);
    expect(raiseFees({ maxFeePerGas: 8n, maxPriorityFeePerGas: 0n }, market, 900n)).to.deep.equal(market);
  });
});

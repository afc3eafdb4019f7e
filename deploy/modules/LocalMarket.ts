// SPDX-License-Identifier: Apache-2.0
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import computeMarket from "./ComputeMarket.ts";

/** The market and a worthless dollar that anybody may mint: for local networks only. */
const localMarket = buildModule("LocalMarket", (m) => {
  const { market } = m.useModule(computeMarket);
  const mockUSD = m.contract("MockUSD");
  return { market, mockUSD };
});

export default localMarket;

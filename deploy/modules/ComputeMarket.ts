// SPDX-License-Identifier: Apache-2.0
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * The market alone, for any network. The periods are seconds, fixed for ever, and have no default: a deployment names them in a file of
 * `deploy/parameters/`.
 */
const computeMarket = buildModule("ComputeMarket", (m) => {
  const lapsePeriod = m.getParameter<number>("LAPSE_PERIOD");
  const disputeWindow = m.getParameter<number>("DISPUTE_WINDOW");
  const rulingPeriod = m.getParameter<number>("RULING_PERIOD");
  const market = m.contract("ComputeMarket", [lapsePeriod, disputeWindow, rulingPeriod]);
  return { market };
});

export default computeMarket;

// SPDX-License-Identifier: Apache-2.0
import type { Failure } from "./failure.ts";
import type { Check } from "./health.ts";

const GAS_MONEY_LOW: Failure = {
  code: "E_GAS_MONEY_LOW",
  message:
    "The provider's coin for gas pays for less than 2 days of reports: he begins no new lease until he has more. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

/** Why no new lease may be begun, in words for its tenant; null where nothing is known against it. What is unknown is no obstacle. */
export function obstacleOf(checks: readonly Pick<Check, "name" | "state">[]): Failure | null {
  const isLow = checks.some(({ name, state }) => name === "gasMoney" && state === "failing");
  return isLow ? GAS_MONEY_LOW : null;
}

// SPDX-License-Identifier: Apache-2.0
import type { Failure } from "./failure.ts";
import type { Check } from "./health.ts";
import type { Leftover } from "./leftover.ts";

const GAS_MONEY_LOW: Failure = {
  code: "E_GAS_MONEY_LOW",
  message:
    "The provider's coin for gas pays for less than 2 days of reports: he begins no new lease until he has more. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

const GAS_MONEY_UNSEEN: Failure = {
  code: "E_GAS_MONEY_UNSEEN",
  message:
    "The provider's daemon has started and not seen its coin for gas yet: it begins no new lease before that. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

const PROCESS_STUCK: Failure = {
  code: "E_PROCESS_STUCK",
  message:
    "A process on the provider's machine cannot be ended: he begins no new lease there until it is gone. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

const DISK_FULL: Failure = {
  code: "E_DISK_FULL",
  message:
    "The disk of the provider's machine is nearly full: he begins no new lease until there is room. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

/**
 * Why no new lease may be begun, in words for its tenant; null where nothing is known against it. What is unknown is no obstacle, but for
 * gas money that was never seen since the start: whoever cannot pay for reports must not begin what they are to pay for. A process that outlives its kill takes cores and memory that a new lease would be promised, on a kernel that no longer does as it is told.
 */
export function obstacleOf(
  checks: readonly Pick<Check, "name" | "state">[],
  leftovers: readonly Pick<Leftover, "kind">[],
  hasSeenGasMoney: boolean,
): Failure | null {
  if (!hasSeenGasMoney) return GAS_MONEY_UNSEEN;
  const fails = (check: Check["name"]): boolean =>
    checks.some(({ name, state }) => name === check && state === "failing");
  if (fails("gasMoney")) return GAS_MONEY_LOW;
  if (fails("disk")) return DISK_FULL;
  return leftovers.some(({ kind }) => kind === "process") ? PROCESS_STUCK : null;
}

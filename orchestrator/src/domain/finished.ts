// SPDX-License-Identifier: Apache-2.0
import type { ObservedContainer } from "./observed.ts";
import type { ServiceSpec } from "./workload.ts";

/** True for a container that will not be started again: its restart policy is content with how it ended. */
export function hasFinished(
  { restart }: Pick<ServiceSpec, "restart">,
  { state, exitCode }: Pick<ObservedContainer, "state" | "exitCode">,
): boolean {
  if (state !== "exited") return false;
  return restart.on === "never" || (restart.on === "failure" && exitCode === 0);
}

// SPDX-License-Identifier: Apache-2.0
import type { ObservedContainer } from "./observed.ts";
import type { ServiceSpec } from "./workload.ts";

/**
 * True for a container that will not be started again: its restart policy is content with how it ended. One that the engine took
 * down with itself has not finished: that was the provider's doing, and no policy of the tenant's speaks of it.
 */
export function hasFinished(
  { restart }: Pick<ServiceSpec, "restart">,
  { state, exitCode, lostWithEngine }: Pick<ObservedContainer, "state" | "exitCode" | "lostWithEngine">,
): boolean {
  if (state !== "exited" || lostWithEngine) return false;
  return restart.on === "never" || (restart.on === "failure" && exitCode === 0);
}

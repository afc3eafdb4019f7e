// SPDX-License-Identifier: Apache-2.0
import type { GatewayStatus, LeaseStatus } from "@berth/sdk";
import { hasFinished } from "../domain/finished.ts";
import type { LeaseView } from "../domain/lease-view.ts";
import type { ObservedContainer } from "../domain/observed.ts";
import type { WorkloadSpec } from "../domain/workload.ts";

type Phase = GatewayStatus["phase"];

/** Every phase there is. */
export const PHASES = Object.keys({
  "awaiting-manifest": 0,
  pulling: 0,
  starting: 0,
  running: 0,
  stopped: 0,
  failed: 0,
  unknown: 0,
} satisfies Record<Phase, number>) as readonly Phase[];

/** Where a lease's workload stands in a word, from the lease's status now and what the daemon last saw. */
export function phaseOf(status: LeaseStatus, view: LeaseView | null, isDark: boolean): Phase {
  if (status === "closed" || status === "depleted") return "stopped";
  if (view === null) return "awaiting-manifest";
  if (view.fault !== null) return "failed";
  return isDark ? "unknown" : phaseOfView(view);
}

function phaseOfView({ desired, step, observed }: LeaseView): Phase {
  const containers = observed?.containers ?? [];
  if (desired.kind === "run") return phaseOfRun(step, desired.workload, containers);
  if (desired.kind === "awaitManifest") return containers.some(isRunning) ? "running" : "awaiting-manifest";
  return ["suspend", "rest", "remove"].includes(desired.kind) ? "stopped" : "unknown";
}

function phaseOfRun(
  step: LeaseView["step"],
  { services }: WorkloadSpec,
  containers: readonly ObservedContainer[],
): Phase {
  if (step === "ensureImage") return "pulling";
  const up = containers.filter(isRunning).length;
  const over = containers.filter((container) => {
    const service = services.find(({ name }) => name === container.service);
    return service !== undefined && hasFinished(service, container);
  }).length;
  if (over === services.length) return "stopped";
  return up + over === services.length ? "running" : "starting";
}

function isRunning({ state }: ObservedContainer): boolean {
  return state === "running";
}

// SPDX-License-Identifier: Apache-2.0
import type { Desired, LeaseRefusal } from "../domain/desired.ts";
import type { ObservedContainer, ObservedWorkload } from "../domain/observed.ts";
import type { Step } from "../domain/step.ts";
import type { WorkloadSpec } from "../domain/workload.ts";
import { planBuild } from "./plan-build.ts";

type Wanted = Extract<Desired, { readonly kind: "run" }>;
type Awaited = Extract<Desired, { readonly kind: "awaitManifest" }>;
type Suspended = Extract<Desired, { readonly kind: "suspend" }>;

/** Told as a job's exit code when the runtime knows none. */
const UNKNOWN_EXIT_CODE = 255;

/**
 * The steps from what is observed to what is desired, in the order in which they must be taken; none when all is as it should
 * be. `fault` is why the lease is not taken or its workload cannot be brought up, null where nothing is known against it. Only a
 * positive fact about the lease (closed, depleted, absent, started too late) ever asks for less than what runs, and only a final one
 * takes data away.
 */
export function planLease(
  desired: Desired,
  observed: ObservedWorkload | null,
  fault: LeaseRefusal | null,
  isUnhealthy = false,
): readonly Step[] {
  const found = observed ?? nothingOf(desired);
  if (desired.kind === "quarantine") return desired.isFinal ? planRemove(found) : stops(found);
  return stepsTo(desired, found, fault, isUnhealthy);
}

function stepsTo(
  desired: Exclude<Desired, { readonly kind: "quarantine" }>,
  found: ObservedWorkload,
  fault: LeaseRefusal | null,
  isUnhealthy: boolean,
): readonly Step[] {
  switch (desired.kind) {
    case "run":
      return planRun(desired, found, fault, isUnhealthy);
    case "awaitManifest":
      return planDecline(desired, "manifest", fault);
    case "suspend":
      return planSuspend(desired, found);
    case "rest":
      return stops(found);
    case "remove":
      return planRemove(found);
    case "freeze":
      return found.containers
        .filter(runs)
        .map((container) => ofContainer("freezeContainer", found, container));
    case "leave":
      return [];
  }
}

function nothingOf({ leaseId }: Desired): ObservedWorkload {
  return { leaseId, containers: [], hasNetwork: false, volumes: [] };
}

function planRun(
  desired: Wanted,
  found: ObservedWorkload,
  fault: LeaseRefusal | null,
  isUnhealthy: boolean,
): readonly Step[] {
  if (isDeclined(desired, fault)) return planDecline(desired, "capacity", fault);
  if (fault !== null) return planFaulty(desired, found, fault);
  const { steps, isWaiting } = planBuild(desired.workload, found);
  if (steps.length > 0 || isWaiting) return steps;
  const { leaseId, status } = desired;
  const join: readonly Step[] = found.isApart === true ? [{ action: "joinIngress", leaseId }] : [];
  const ledger = planLedger(desired, found, isUnhealthy);
  return status === "pending" ? [...join, ...ledger] : [...ledger, ...join];
}

/** Nobody pays for what does not run, or rests; what else runs goes on. */
function planFaulty(
  { leaseId, status }: Wanted,
  found: ObservedWorkload,
  { rests = false }: LeaseRefusal,
): readonly Step[] {
  const rest = rests ? stops(found) : [];
  const isPaid = status === "active" && (rests || !found.containers.some(runs));
  return [...(isPaid ? [{ action: "pauseLease", leaseId } as const] : []), ...rest];
}

/** A lease that waits and cannot be served, or was not in time, goes back to the tenant with a word about why, once it may. */
function planDecline(
  desired: Wanted | Awaited,
  causeOfDelay: "manifest" | "capacity",
  fault: LeaseRefusal | null,
): readonly Step[] {
  const { leaseId, mayClose } = desired;
  if (!mayClose || !isDeclined(desired, fault)) return [];
  return [{ action: "closeLease", leaseId, cause: fault?.cause ?? causeOfDelay }];
}

function isDeclined({ status, startLate }: Wanted | Awaited, fault: LeaseRefusal | null): boolean {
  return status === "pending" && (fault !== null || startLate);
}

/**
 * Brings the chain to where the containers are; everything that should run does, or has finished for good. What crashes in a loop
 * runs only for the moment: nobody begins to pay for it.
 */
function planLedger(
  { leaseId, status, workload }: Wanted,
  found: ObservedWorkload,
  isUnhealthy: boolean,
): readonly Step[] {
  const finished = found.containers.filter(({ state }) => state === "exited");
  const isOver = finished.length === workload.services.length;
  switch (status) {
    case "pending":
      return isUnhealthy ? [] : [{ action: "startLease", leaseId }];
    case "paused":
      if (isOver) return [completion(workload, finished)];
      return isUnhealthy ? [] : [{ action: "resumeLease", leaseId }];
    case "active":
      return isOver ? [completion(workload, finished)] : [];
    case "lapsed":
      return [];
  }
}

function completion({ leaseId }: WorkloadSpec, finished: readonly ObservedContainer[]): Step {
  const exitCode = Math.max(...finished.map((container) => container.exitCode ?? UNKNOWN_EXIT_CODE));
  return { action: "completeLease", leaseId, exitCode };
}

function planSuspend({ leaseId, retentionOver }: Suspended, found: ObservedWorkload): readonly Step[] {
  const close: readonly Step[] = retentionOver
    ? [{ action: "closeLease", leaseId, cause: "unspecified" }]
    : [];
  return [...stops(found), ...close];
}

function planRemove(found: ObservedWorkload): readonly Step[] {
  const { leaseId, containers, hasNetwork, volumes } = found;
  const network: readonly Step[] = hasNetwork ? [{ action: "removeNetwork", leaseId }] : [];
  return [
    ...stops(found),
    ...containers.map((container) => ofContainer("removeContainer", found, container)),
    ...network,
    ...volumes.map(({ name }): Step => ({ action: "removeVolume", leaseId, volume: name })),
  ];
}

function stops(found: ObservedWorkload): readonly Step[] {
  const alive = found.containers.filter(({ state }) => state === "running" || state === "frozen");
  return alive.map((container) => ofContainer("stopContainer", found, container));
}

function ofContainer(
  action: "stopContainer" | "removeContainer" | "freezeContainer",
  { leaseId }: ObservedWorkload,
  { service }: ObservedContainer,
): Step {
  return { action, leaseId, service };
}

function runs({ state }: ObservedContainer): boolean {
  return state === "running";
}

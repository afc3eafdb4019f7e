// SPDX-License-Identifier: Apache-2.0
import type { LeaseRefusal } from "../domain/desired.ts";
import { hasFinished } from "../domain/finished.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainer } from "../domain/observed.ts";
import type { IllHealth } from "../domain/spells.ts";
import type { ServiceSpec, WorkloadSpec } from "../domain/workload.ts";

type Condition = NonNullable<ServiceSpec["dependsOn"]>[string];

/** The containers of a workload's own manifest, by service. */
export type Current = ReadonlyMap<string, ObservedContainer>;

const WORDS: Readonly<Record<Condition, string>> = {
  started: "start",
  healthy: "be healthy",
  completed: "complete",
};

/**
 * Whether all that a service depends on is as far as it must be; `starting` are those that the same plan starts before it. Asked of a
 * service that is to be started, each time: after a reboot too, and never of one that runs.
 */
export function mayStart(
  { dependsOn = {} }: ServiceSpec,
  services: readonly ServiceSpec[],
  current: Current,
  starting: ReadonlySet<string>,
): boolean {
  return Object.entries(dependsOn).every(([name, condition]) => {
    if (condition === "started" && starting.has(name)) return true;
    const service = services.find((each) => each.name === name);
    const container = current.get(name);
    return service !== undefined && container !== undefined && isMet(condition, service, container);
  });
}

/**
 * What a service waits for in vain: one that has finished without being what it was to be, or whose health check has failed for the
 * grace. Null where nothing waits, or may yet go on.
 */
export function vainWait(
  { leaseId, services, manifestHash }: WorkloadSpec,
  containers: readonly ObservedContainer[],
  illHealth: IllHealth | null,
): LeaseRefusal | null {
  const current: Current = new Map(
    containers.filter((each) => each.manifestHash === manifestHash).map((each) => [each.service, each]),
  );
  for (const waiting of services) {
    if (!waits(waiting, current.get(waiting.name))) continue;
    for (const [name, condition] of Object.entries(waiting.dependsOn ?? {})) {
      const service = services.find((each) => each.name === name);
      const container = current.get(name);
      if (service === undefined || container === undefined || isMet(condition, service, container)) continue;
      if (isLost(condition, service, container, illHealth))
        return refusal(leaseId, waiting.name, condition, container);
    }
  }
  return null;
}

function isMet(condition: Condition, service: ServiceSpec, container: ObservedContainer): boolean {
  const { state, health, exitCode, startedAt } = container;
  const isOver = hasFinished(service, container);
  switch (condition) {
    case "started":
      return state === "running" || (isOver && startedAt !== null);
    case "healthy":
      return state === "running" && health === "healthy";
    case "completed":
      return isOver && exitCode === 0;
  }
}

function waits(service: ServiceSpec, container: ObservedContainer | undefined): boolean {
  if (container === undefined || container.state === "created") return true;
  return container.state === "exited" && !hasFinished(service, container);
}

function isLost(
  condition: Condition,
  service: ServiceSpec,
  container: ObservedContainer,
  illHealth: IllHealth | null,
): boolean {
  if (hasFinished(service, container)) return true;
  const isIll = illHealth !== null && illHealth.lasts && illHealth.service === service.name;
  return condition === "healthy" && isIll && container.state === "running";
}

function refusal(
  leaseId: LeaseId,
  waiting: string,
  condition: Condition,
  { service, state, exitCode }: ObservedContainer,
): LeaseRefusal {
  const why =
    state === "exited"
      ? `it ended with exit code ${exitCode ?? "unknown"}`
      : "its health check keeps failing";
  const message = `Service ${waiting} waits in vain for ${service} to ${WORDS[condition]}: ${why}.`;
  return { leaseId, code: "E_DEPENDENCY_FAILED", message, cause: "manifest" };
}

// SPDX-License-Identifier: Apache-2.0
import { hasFinished } from "../domain/finished.ts";
import type { ObservedContainer, ObservedWorkload } from "../domain/observed.ts";
import type { Step } from "../domain/step.ts";
import type { ServiceSpec, VolumeSpec, WorkloadSpec } from "../domain/workload.ts";
import { mayStart, type Current } from "./dependencies.ts";

/** What brings a workload up, and whether a service of it waits for another one still. */
export interface Build {
  readonly steps: readonly Step[];
  readonly isWaiting: boolean;
}

/**
 * The steps that make a workload run: images, ports and volumes first, while what ran before still serves; then what belongs to another
 * manifest goes; then network and containers are made; then each service is started that waits for no other one, in the order of the
 * manifest.
 */
export function planBuild(workload: WorkloadSpec, found: ObservedWorkload): Build {
  const { leaseId, manifestHash, tier, services } = workload;
  const isCurrent = (container: ObservedContainer): boolean =>
    container.manifestHash === manifestHash && services.some(({ name }) => name === container.service);
  const current = new Map(
    found.containers.filter(isCurrent).map((container) => [container.service, container]),
  );
  const missing = services.filter(({ name }) => !current.has(name));
  const { starts, isWaiting } = startAll(workload, current);
  const steps = [
    ...images(workload, missing),
    ...ports(workload, missing),
    ...volumesDue(workload, found),
    ...found.containers.filter((container) => !isCurrent(container)).flatMap((stale) => clear(found, stale)),
    ...network(workload, found),
    ...missing.map((service): Step => ({ action: "createContainer", leaseId, manifestHash, tier, service })),
    ...starts,
  ];
  return { steps, isWaiting };
}

/** One after the other: a service that waits for the mere start of another one is started right after it. */
function startAll(
  workload: WorkloadSpec,
  current: Current,
): { readonly starts: readonly Step[]; readonly isWaiting: boolean } {
  const starting = new Set<string>();
  const starts: Step[] = [];
  let isWaiting = false;
  for (const service of workload.services) {
    const steps = bringUp(workload, service, current.get(service.name));
    const needsStart = steps.some(({ action }) => action === "startContainer");
    if (needsStart && !mayStart(service, workload.services, current, starting)) {
      isWaiting = true;
      continue;
    }
    starts.push(...steps);
    if (steps.length > 0) starting.add(service.name);
  }
  return { starts, isWaiting };
}

function ports({ leaseId, services }: WorkloadSpec, missing: readonly ServiceSpec[]): readonly Step[] {
  const isNeeded = missing.some((service) => service.ports.length > 0);
  return isNeeded ? [{ action: "reservePorts", leaseId, services }] : [];
}

function images({ leaseId }: WorkloadSpec, missing: readonly ServiceSpec[]): readonly Step[] {
  const needed = new Set(missing.map(({ image }) => image));
  return [...needed].map((image) => ({ action: "ensureImage", leaseId, image }));
}

function clear({ leaseId }: ObservedWorkload, { service, state }: ObservedContainer): readonly Step[] {
  const isAlive = state === "running" || state === "frozen";
  const remove: Step = { action: "removeContainer", leaseId, service };
  return isAlive ? [{ action: "stopContainer", leaseId, service }, remove] : [remove];
}

function network({ leaseId }: WorkloadSpec, found: ObservedWorkload): readonly Step[] {
  return found.hasNetwork ? [] : [{ action: "createNetwork", leaseId }];
}

function volumesDue({ leaseId, volumes }: WorkloadSpec, found: ObservedWorkload): readonly Step[] {
  const due = volumes.filter((volume) => !isAsWanted(volume, found));
  return due.map(({ name, sizeMiB }) => ({ action: "createVolume", leaseId, volume: name, sizeMiB }));
}

/** A volume of another size is taken up again: it grows, or why it cannot shrink is told. */
function isAsWanted({ name, sizeMiB }: VolumeSpec, { volumes }: ObservedWorkload): boolean {
  const found = volumes.find((volume) => volume.name === name);
  return found !== undefined && found.isWhole && (found.sizeMiB ?? sizeMiB) === sizeMiB;
}

function bringUp(
  { leaseId }: WorkloadSpec,
  service: ServiceSpec,
  container: ObservedContainer | undefined,
): readonly Step[] {
  if (container?.state === "running") return [];
  if (container?.state === "frozen") return [{ action: "thawContainer", leaseId, service: service.name }];
  if (container !== undefined && hasFinished(service, container)) return [];
  return [{ action: "startContainer", leaseId, service: service.name }];
}

// SPDX-License-Identifier: Apache-2.0
import type { Desired } from "./desired.ts";
import { hasFinished } from "./finished.ts";
import type { ObservedContainer, ObservedContainers } from "./observed.ts";

/**
 * Whether a tenant gets what he pays for, as far as one look at the machine shows: each service runs, or has finished for good.
 * What still runs of an earlier manifest serves until the newer one takes its place. Where the manifest is not known, or what is
 * desired could not be found out, any service that runs is taken for all of them.
 */
export function isServed(desired: Desired, { containers }: ObservedContainers): boolean {
  if (desired.kind !== "run") return containers.some(runs);
  const { manifestHash, services } = desired.workload;
  if (containers.some((container) => container.manifestHash !== manifestHash && runs(container))) return true;
  return services.every((service) => {
    const container = containers.find((each) => each.service === service.name);
    return container !== undefined && (runs(container) || hasFinished(service, container));
  });
}

function runs({ state }: ObservedContainer): boolean {
  return state === "running";
}

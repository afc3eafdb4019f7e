// SPDX-License-Identifier: Apache-2.0
import {
  allotResources,
  allotStorage,
  InvariantError,
  type IsolationTier,
  requireTier,
  startOrder,
  type ManifestDocument,
  type Resources,
  type Service,
} from "@berth/sdk";
import type { HeldGpu } from "../domain/gpus.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ServiceSpec, WorkloadSpec } from "../domain/workload.ts";

type Allotment = ReturnType<typeof allotResources>[string];

/**
 * What a manifest comes to on an offer: every limit decided, services in start order. UserError E_RESOURCES_ABOVE_OFFER where
 * the offer does not hold what the manifest asks for, E_TIER_BELOW_MANIFEST where it claims less isolation. `gpus` are all that the
 * lease has; what has too few is not to be begun, which is for whoever gives them out to see.
 */
export function workloadOf(
  leaseId: LeaseId,
  manifestHash: `0x${string}`,
  { manifest }: ManifestDocument,
  offer: Resources & { readonly tier: IsolationTier },
  gpus: readonly HeldGpu[] = [],
): WorkloadSpec {
  requireTier(offer.tier, manifest.market.tier);
  const allotments = allotResources(manifest, offer);
  const names = startOrder(manifest);
  const shares = shareOut(names, manifest.services, gpus);
  return {
    leaseId,
    manifestHash,
    tier: offer.tier,
    services: names.map((name) => ({
      ...serviceOf(name, need(manifest.services[name], name), need(allotments[name], name)),
      ...shares.get(name),
    })),
    volumes: Object.entries(allotStorage(manifest, offer))
      .map(([name, sizeMiB]) => ({ name, sizeMiB }))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

/** Each service's own GPUs, out of the lease's, in start order: the same ones every time. */
function shareOut(
  names: readonly string[],
  services: ManifestDocument["manifest"]["services"],
  gpus: readonly HeldGpu[],
): ReadonlyMap<string, Pick<ServiceSpec, "gpus">> {
  let next = 0;
  const shares = new Map<string, Pick<ServiceSpec, "gpus">>();
  for (const name of names) {
    const count = services[name]?.gpus?.count ?? 0;
    if (count > 0) shares.set(name, { gpus: gpus.slice(next, next + count) });
    next += count;
  }
  return shares;
}

function serviceOf(name: string, service: Service, allotment: Allotment): ServiceSpec {
  const { image, command, entrypoint, environment, ports, expose, volumes, tmpfs } = service;
  const { healthcheck, user, workingDir, init, stopSignal, restart, dependsOn } = service;
  return {
    name,
    image,
    command,
    entrypoint,
    environment,
    ports,
    expose,
    cpuMillis: allotment.cpuMillis,
    memoryMiB: allotment.memoryMiB,
    pids: allotment.pids,
    volumes,
    tmpfs,
    healthcheck,
    user,
    workingDir,
    init,
    stopSignal,
    restart,
    dependsOn,
  };
}

function need<Value>(value: Value | undefined, service: string): Value {
  if (value !== undefined) return value;
  throw new InvariantError("E_SERVICE_WITHOUT_LIMITS", `Service ${service} was not given its resources.`, {
    atRisk: "the workload, which cannot be built",
    next: "Report this as a defect.",
  });
}

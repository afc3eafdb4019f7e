// SPDX-License-Identifier: Apache-2.0
import {
  allotResources,
  InvariantError,
  startOrder,
  type ManifestDocument,
  type Resources,
  type Service,
} from "@berth/sdk";
import type { LeaseId } from "../domain/identity.ts";
import type { ServiceSpec, WorkloadSpec } from "../domain/workload.ts";

type Allotment = ReturnType<typeof allotResources>[string];

/**
 * What a manifest comes to on an offer: every limit decided, services in start order. UserError E_RESOURCES_ABOVE_OFFER where
 * the offer does not hold what the manifest asks for.
 */
export function workloadOf(
  leaseId: LeaseId,
  manifestHash: `0x${string}`,
  { manifest }: ManifestDocument,
  resources: Resources,
): WorkloadSpec {
  const allotments = allotResources(manifest, resources);
  return {
    leaseId,
    manifestHash,
    services: startOrder(manifest).map((name) =>
      serviceOf(name, need(manifest.services[name], name), need(allotments[name], name)),
    ),
    volumes: Object.keys(manifest.volumes).sort(),
  };
}

function serviceOf(name: string, service: Service, allotment: Allotment): ServiceSpec {
  const { image, command, entrypoint, environment, ports, expose, volumes, tmpfs } = service;
  const { healthcheck, user, workingDir, init, stopSignal, restart } = service;
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
  };
}

function need<Value>(value: Value | undefined, service: string): Value {
  if (value !== undefined) return value;
  throw new InvariantError("E_SERVICE_WITHOUT_LIMITS", `Service ${service} was not given its resources.`, {
    atRisk: "the workload, which cannot be built",
    next: "Report this as a defect.",
  });
}

// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import { containerLabels, containerName, gpuLabels, imageLabel, networkName } from "../../domain/names.ts";
import type { HealthcheckSpec, ServiceSpec, WorkloadSpec } from "../../domain/workload.ts";
import { hostConfig, type HostConfigInput } from "./host-config.ts";
import { ingressLabels } from "./ingress-labels.ts";
import { leaseUser } from "./lease-user.ts";
import { portKey } from "./ports.ts";

/** An image's own check does not count: what runs in a lease is in its manifest. */
const NO_HEALTHCHECK: Dockerode.HealthConfig = { Test: ["NONE"] };
const NANOS_PER_MILLI = 1_000_000;

/**
 * The whole request that creates a service's container. A group that the manifest does not name is the user's number, never 0.
 * PermanentError E_USER_REFUSED for a user that the tier does not bear, E_MOUNT_REFUSED for a mount that cannot be allowed.
 */
export function containerOptions(
  input: HostConfigInput,
  workload: Pick<WorkloadSpec, "leaseId" | "manifestHash">,
): Dockerode.ContainerCreateOptions {
  const { identity, leaseId, service } = input;
  const { uid, gid } = leaseUser(leaseId, service, input);
  return {
    name: containerName(identity, leaseId, service.name),
    Image: service.image,
    Cmd: service.command === null ? undefined : [...service.command],
    Entrypoint: entrypoint(service),
    Env: Object.entries(service.environment).map(([name, value]) => `${name}=${value}`),
    User: `${uid}:${gid}`,
    WorkingDir: service.workingDir ?? undefined,
    Tty: false,
    OpenStdin: false,
    AttachStdin: false,
    ExposedPorts: Object.fromEntries(
      [...service.ports, ...service.expose].map((port) => [portKey(port), {}]),
    ),
    Healthcheck: service.healthcheck === null ? NO_HEALTHCHECK : healthcheck(service.healthcheck),
    StopSignal: service.stopSignal ?? undefined,
    Labels: {
      ...ingressLabels(input),
      ...containerLabels(identity, workload, service.name),
      ...imageLabel(service.image),
      ...gpuLabels(service.gpus ?? []),
    },
    HostConfig: hostConfig(input),
    NetworkingConfig: { EndpointsConfig: { [networkName(identity, leaseId)]: { Aliases: [service.name] } } },
  };
}

/** The engine takes an empty list for "as the image says", and one empty word for "none". */
function entrypoint(service: ServiceSpec): string[] | undefined {
  if (service.entrypoint === null) return undefined;
  return service.entrypoint.length === 0 ? [""] : [...service.entrypoint];
}

function healthcheck(spec: HealthcheckSpec): Dockerode.HealthConfig {
  return {
    Test: [...spec.test],
    Interval: spec.intervalMs * NANOS_PER_MILLI,
    Timeout: spec.timeoutMs * NANOS_PER_MILLI,
    StartPeriod: spec.startPeriodMs * NANOS_PER_MILLI,
    Retries: spec.retries,
  };
}

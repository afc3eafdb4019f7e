// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Config } from "./config/config.ts";
import { imageRules } from "./config/image-settings.ts";
import { volumeQuotaOf } from "./config/volume-quota.ts";
import { ingressOf } from "./config/workload-settings.ts";
import type { MarketIdentity } from "./domain/identity.ts";
import type { GatewayParts } from "./gateway/parts.ts";
import { Uploads } from "./gateway/uploads.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import { createStepRunner, type StepRunnerParts } from "./reconcile/execute.ts";
import type { DockerRuntime } from "./runtime/docker/docker-runtime.ts";
import { openDockerRuntime } from "./runtime/docker/open-runtime.ts";

interface Base {
  readonly config: Config;
  readonly identity: MarketIdentity;
  readonly clock: Clock;
  readonly log: Log;
  readonly monotonic: () => number;
}

/** The engine, with volumes as the configuration wants them; what it wants and cannot be had is an error. */
export function openRuntime(base: Base, signal: AbortSignal): Promise<DockerRuntime> {
  const { config, identity, clock, log, monotonic } = base;
  const { publishAddress, subnetPool, dockerSocket: socketPath, dataDir } = config;
  const [ingress, publishHost] = [ingressOf(config), config.publishHost ?? undefined];
  const places = { publishAddress, publishHost, ingress, subnetPool, socketPath };
  const volumes = { folder: join(dataDir, "volumes"), quota: volumeQuotaOf(config) };
  const images = imageRules(config);
  return openDockerRuntime({ identity, ...places, images, monotonic, clock, log, volumes }, signal);
}

/** What the gateway needs to move what is in volumes. */
export function volumeDoor(
  parts: StepRunnerParts & Pick<Base, "config">,
): Pick<GatewayParts, "uploads" | "stopService"> {
  const runStep = createStepRunner(parts);
  return {
    uploads: new Uploads(join(parts.config.dataDir, "uploads"), parts.clock),
    stopService: (leaseId, service, signal) => runStep({ action: "stopContainer", leaseId, service }, signal),
  };
}

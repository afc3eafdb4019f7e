// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import {
  LABELS,
  containerLabels,
  containerName,
  imageLabel,
  leaseLabels,
  marketLabels,
} from "../../domain/names.ts";
import type { ServiceSpec, WorkloadSpec } from "../../domain/workload.ts";
import type { Creation } from "../../ports/container-runtime.ts";
import { foreign, gone, tierNotEnforced } from "../runtime-errors.ts";
import { isContainer, isContainerList } from "./answers.ts";
import { requireAllowed } from "./allowed-options.ts";
import { ask } from "./ask.ts";
import { containerOptions } from "./container-options.ts";
import { carries, labelFilter, safeName, type DockerContext } from "./context.ts";
import { askForDevices } from "./device-requests.ts";
import { refused } from "./errors.ts";
import type { HostConfigInput } from "./host-config.ts";
import { refuseSteeringImage } from "./image-labels.ts";
import { keepMark } from "./image-mark.ts";
import { mapLimit } from "./map-limit.ts";
import { mapsUsers, requireMapping } from "./user-mapping.ts";
import { deviceOptions } from "./volume-device.ts";

const INSPECTIONS_AT_ONCE = 8;

/**
 * Creates the container, or adopts the one that has its name and all its labels, manifest and image among them. Errors: PermanentError
 * E_FOREIGN_OBJECT, E_USER_REFUSED, E_MOUNT_REFUSED, E_GPU_NOT_GIVEN, E_IMAGE_LABELS, E_TIER_NOT_ENFORCED; RetryableError E_IMAGE_GONE.
 */
export async function createContainer(
  context: DockerContext,
  workload: Pick<WorkloadSpec, "leaseId" | "manifestHash" | "tier">,
  service: ServiceSpec,
  signal: AbortSignal,
): Promise<Creation> {
  const { engine, identity } = context;
  const { leaseId, tier } = workload;
  const options = await optionsOf(context, workload, service, signal);
  const name = containerName(identity, leaseId, service.name);
  const creation = await ask(engine, {
    what: `create container ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      await engine.docker.createContainer({ ...options, abortSignal });
      return "created" as const;
    },
    outcomes: {
      404: ({ cause }) => {
        throw gone("image", service.image, cause);
      },
      400: (refusal) => {
        if (!/unknown (or invalid )?runtime/i.test(refusal.message))
          throw refused(`create container ${name}`, refusal);
        throw tierNotEnforced(tier, "the engine does not know its runtime", refusal.cause);
      },
      409: () => "exists" as const,
    },
  });
  const labels = { ...containerLabels(identity, workload, service.name), ...imageLabel(service.image) };
  const made = await needOwn(context, name, labels, signal);
  await refuseSteeringImage(context, made, service.image, signal);
  return creation;
}

/** What the engine is asked for, past the last gate. */
async function optionsOf(
  { engine, identity, publishAddress, ingress, layerMiB, store }: DockerContext,
  workload: Pick<WorkloadSpec, "leaseId" | "manifestHash" | "tier">,
  service: ServiceSpec,
  signal: AbortSignal,
): Promise<Dockerode.ContainerCreateOptions> {
  const { leaseId, tier } = workload;
  const isMapped = await mapsUsers(engine, signal);
  requireMapping(tier, isMapped);
  const devices = await askForDevices(engine, service, signal);
  const ground = { identity, leaseId, service, tier, isMapped, publishAddress, ingress, devices };
  const options = containerOptions({ ...ground, volumeOptions: volumeOptionsOf(store), layerMiB }, workload);
  requireAllowed(options, workload);
  return options;
}

/** Removes the container, running or not, with the unnamed volumes that its image asked for; the image was needed until now. */
export async function removeContainer(
  context: DockerContext,
  leaseId: LeaseId,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const found = await findContainer(context, leaseId, service, signal);
  if (found === null) return;
  const pin = found.Config.Labels[LABELS.image];
  if (pin !== undefined) await keepMark(context, pin, signal);
  await ask(engine, {
    what: `remove container ${found.Name.slice(1)}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getContainer(found.Id).remove({ force: true, v: true, abortSignal }),
    outcomes: { 404: () => undefined, 409: () => undefined },
  });
}

/**
 * The lease's container of this service, to be acted on by its id; null when there is none.
 * PermanentError E_FOREIGN_OBJECT when something else has its name.
 */
export async function findContainer(
  context: DockerContext,
  leaseId: LeaseId,
  service: string,
  signal: AbortSignal,
): Promise<Dockerode.ContainerInspectInfo | null> {
  const name = containerName(context.identity, leaseId, service);
  const found = await inspectContainer(context, name, signal);
  const wanted = { ...leaseLabels(context.identity, leaseId), [LABELS.service]: service };
  if (found !== null && !carries(found.Config.Labels, wanted)) throw foreign("container", name);
  return found;
}

/** As `findContainer`, where its absence is a RetryableError E_CONTAINER_GONE. */
export async function needContainer(
  context: DockerContext,
  leaseId: LeaseId,
  service: string,
  signal: AbortSignal,
): Promise<Dockerode.ContainerInspectInfo> {
  const found = await findContainer(context, leaseId, service, signal);
  if (found === null) throw gone("container", containerName(context.identity, leaseId, service));
  return found;
}

/** What the engine knows of the container with this name or id, whoever's it is; null when there is none. */
export async function inspectContainer(
  context: DockerContext,
  nameOrId: string,
  signal: AbortSignal,
): Promise<Dockerode.ContainerInspectInfo | null> {
  const { engine } = context;
  const path = safeName(nameOrId);
  return ask(engine, {
    what: `inspect container ${nameOrId}`,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.getContainer(path).inspect({ abortSignal }),
    check: isContainer,
    outcomes: { 404: () => null },
  });
}

/**
 * What the engine knows of all services' containers in the market. Helpers are none: one is locked for as long as something is read or
 * written through it, and the engine tells nothing of it meanwhile.
 */
export async function inspectAll(
  context: DockerContext,
  signal: AbortSignal,
): Promise<readonly Dockerode.ContainerInspectInfo[]> {
  const { engine, identity, inspections } = context;
  const { label: ofMarket } = labelFilter(marketLabels(identity));
  const filters = { label: [...ofMarket, LABELS.service] };
  const listed = await ask(engine, {
    what: "list containers",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.listContainers({ all: true, filters, abortSignal }),
    check: isContainerList,
  });
  return inspections.of(listed, (ids) =>
    mapLimit(ids, INSPECTIONS_AT_ONCE, (id) => inspectContainer(context, id, signal)),
  );
}

/** The engine makes a volume that it lacks: never one without a bound where there is to be one. */
function volumeOptionsOf(store: DockerContext["store"]): HostConfigInput["volumeOptions"] {
  return store?.quota === "ext4" ? (name) => deviceOptions(store.dataPath(name)) : undefined;
}

async function needOwn(
  context: DockerContext,
  name: string,
  wanted: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Dockerode.ContainerInspectInfo> {
  const found = await inspectContainer(context, name, signal);
  if (found === null) throw gone("container", name);
  if (!carries(found.Config.Labels, wanted)) throw foreign("container", name);
  return found;
}

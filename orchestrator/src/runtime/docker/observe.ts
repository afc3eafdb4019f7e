// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { LABELS, containerName, marketLabels, networkName, volumeName } from "../../domain/names.ts";
import type { ObservedContainer, ObservedWorkload } from "../../domain/observed.ts";
import { isContainerList } from "./answers.ts";
import { ask } from "./ask.ts";
import { inspectContainer } from "./containers.ts";
import { labelFilter, type DockerContext } from "./context.ts";
import { mapLimit } from "./map-limit.ts";
import { listNetworks } from "./networks.ts";
import { observedContainer } from "./observed-container.ts";
import { listVolumes } from "./volumes.ts";

const INSPECTIONS_AT_ONCE = 8;

type Labels = Readonly<Record<string, string>> | null | undefined;

/** One of a lease's objects. */
type Part =
  | { readonly leaseId: LeaseId; readonly container: ObservedContainer }
  | { readonly leaseId: LeaseId; readonly network: true }
  | { readonly leaseId: LeaseId; readonly volume: string };

/**
 * Everything of the market, by labels and name alike: an object whose name is not the one that its labels make is not ours,
 * whatever it says. Fails as a whole rather than leave out what could not be read.
 */
export async function observe(
  context: DockerContext,
  signal: AbortSignal,
): Promise<readonly ObservedWorkload[]> {
  const parts = await Promise.all([
    containerParts(context, signal),
    networkParts(context, signal),
    volumeParts(context, signal),
  ]);
  const byLease = new Map<LeaseId, Part[]>();
  for (const part of parts.flat()) byLease.set(part.leaseId, [...(byLease.get(part.leaseId) ?? []), part]);
  return [...byLease].map(([leaseId, own]) => workloadOf(leaseId, own));
}

function workloadOf(leaseId: LeaseId, parts: readonly Part[]): ObservedWorkload {
  return {
    leaseId,
    containers: parts.flatMap((part) => ("container" in part ? part.container : [])),
    hasNetwork: parts.some((part) => "network" in part),
    volumes: parts.flatMap((part) => ("volume" in part ? part.volume : [])),
  };
}

async function containerParts(context: DockerContext, signal: AbortSignal): Promise<readonly Part[]> {
  const { engine, identity } = context;
  const listed = await ask(engine, {
    what: "list containers",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) =>
      engine.docker.listContainers({ all: true, filters: labelFilter(marketLabels(identity)), abortSignal }),
    check: isContainerList,
  });
  const found = await mapLimit(listed, INSPECTIONS_AT_ONCE, ({ Id }) =>
    inspectContainer(context, Id, signal),
  );
  return found.flatMap((container) => (container === null ? [] : containerPart(context, container)));
}

function containerPart(
  { identity }: DockerContext,
  container: Dockerode.ContainerInspectInfo,
): readonly Part[] {
  const labels: Labels = container.Config.Labels;
  const leaseId = leaseIdOf(labels);
  const service = labels?.[LABELS.service];
  const manifestHash = labels?.[LABELS.manifest];
  if (leaseId === null || service === undefined || !isHash(manifestHash)) return [];
  if (container.Name !== `/${containerName(identity, leaseId, service)}`) return [];
  return [{ leaseId, container: observedContainer(container, service, manifestHash) }];
}

async function networkParts(context: DockerContext, signal: AbortSignal): Promise<readonly Part[]> {
  const networks = await listNetworks(context, marketLabels(context.identity), signal);
  return networks.flatMap(({ Name, Labels }) => {
    const leaseId = leaseIdOf(Labels);
    return leaseId === null || Name !== networkName(context.identity, leaseId)
      ? []
      : [{ leaseId, network: true }];
  });
}

async function volumeParts(context: DockerContext, signal: AbortSignal): Promise<readonly Part[]> {
  const volumes = await listVolumes(context, marketLabels(context.identity), signal);
  return volumes.flatMap(({ Name, Labels }) => {
    const leaseId = leaseIdOf(Labels);
    const volume = Labels?.[LABELS.volume];
    if (leaseId === null || volume === undefined) return [];
    return Name === volumeName(context.identity, leaseId, volume) ? [{ leaseId, volume }] : [];
  });
}

function leaseIdOf(labels: Labels): LeaseId | null {
  const label = labels?.[LABELS.lease];
  return label !== undefined && /^(0|[1-9]\d*)$/.test(label) ? BigInt(label) : null;
}

function isHash(text: string | undefined): text is `0x${string}` {
  return text !== undefined && /^0x[0-9a-f]{64}$/i.test(text);
}

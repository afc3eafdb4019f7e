// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { LABELS, containerName, marketLabels, networkName, gpusOfLabels } from "../../domain/names.ts";
import type {
  ObservedContainer,
  ObservedContainers,
  ObservedVolume,
  ObservedWorkload,
} from "../../domain/observed.ts";
import { ask } from "./ask.ts";
import { inspectAll } from "./containers.ts";
import { carries, type DockerContext } from "./context.ts";
import { proxiedNetworks } from "./ingress.ts";
import { get } from "./get.ts";
import { bridgeMadeAt, listNetworks } from "./networks.ts";
import { observedContainer } from "./observed-container.ts";
import { parseTime } from "./time.ts";
import { observeVolumes } from "./observe-volumes.ts";

type Labels = Readonly<Record<string, string>> | null | undefined;

/** One of a lease's objects. */
type Part =
  | { readonly leaseId: LeaseId; readonly container: ObservedContainer }
  | { readonly leaseId: LeaseId; readonly network: true; readonly isApart: boolean }
  | { readonly leaseId: LeaseId; readonly volume: ObservedVolume };

/**
 * Everything of the market, by labels and name alike: an object whose name is not the one that its labels make is not ours,
 * whatever it says. Fails as a whole rather than leave out what could not be read.
 */
export async function observe(
  context: DockerContext,
  signal: AbortSignal,
): Promise<readonly ObservedWorkload[]> {
  const [containers, networks, volumes, joined] = await Promise.all([
    containerParts(context, signal),
    listNetworks(context, {}, signal),
    observeVolumes(context, signal),
    proxiedNetworks(context, signal),
  ]);
  const parts = [containers, networkParts(context, networks, joined), volumes];
  return byLease(parts.flat()).map(([leaseId, own]) => workloadOf(leaseId, own));
}

/** As `observe`, of the containers alone. */
export async function observeContainers(
  context: DockerContext,
  signal: AbortSignal,
): Promise<readonly ObservedContainers[]> {
  const parts = await containerParts(context, signal);
  return byLease(parts).map(([leaseId, own]) => ({
    leaseId,
    containers: own.map(({ container }) => container),
  }));
}

function byLease<P extends Part>(parts: readonly P[]): readonly (readonly [LeaseId, readonly P[]])[] {
  const leases = new Map<LeaseId, P[]>();
  for (const part of parts) {
    const own = leases.get(part.leaseId);
    if (own === undefined) leases.set(part.leaseId, [part]);
    else own.push(part);
  }
  return [...leases];
}

function workloadOf(leaseId: LeaseId, parts: readonly Part[]): ObservedWorkload {
  const containers = parts.flatMap((part) => ("container" in part ? part.container : []));
  const isAsked = containers.some(({ endpoints }) => endpoints.some(({ url }) => url !== undefined));
  const isApart = isAsked && parts.some((part) => "network" in part && part.isApart);
  return {
    leaseId,
    containers,
    hasNetwork: parts.some((part) => "network" in part),
    volumes: parts.flatMap((part) => ("volume" in part ? part.volume : [])),
    ...(isApart && { isApart }),
  };
}

/** Whether the engine's containers go on when it ends: what it calls live restore. */
async function isOutlived({ engine }: DockerContext, signal: AbortSignal): Promise<boolean> {
  const told: unknown = await ask(engine, {
    what: "ask how it is set up",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<unknown>(engine, "/info", abortSignal),
  });
  return (
    typeof told === "object" &&
    told !== null &&
    "LiveRestoreEnabled" in told &&
    told.LiveRestoreEnabled === true
  );
}

/** The engine makes its own bridge anew whenever it starts without containers that outlived it; null where it has none. */
async function engineStart(context: DockerContext, signal: AbortSignal): Promise<number | null> {
  const made = await bridgeMadeAt(context, signal);
  return made === null ? null : parseTime(made);
}

async function containerParts(
  context: DockerContext,
  signal: AbortSignal,
): Promise<readonly Extract<Part, { readonly container: ObservedContainer }>[]> {
  const [containers, startedAt, outlived] = await Promise.all([
    inspectAll(context, signal),
    engineStart(context, signal),
    isOutlived(context, signal),
  ]);
  await context.survivors.look(containers, { startedAt, outlived });
  return containers.flatMap((container) => containerPart(context, container));
}

function containerPart(
  { identity, survivors, publishHost }: DockerContext,
  container: Dockerode.ContainerInspectInfo,
): readonly Extract<Part, { readonly container: ObservedContainer }>[] {
  const labels: Labels = container.Config.Labels;
  const leaseId = leaseIdOf(labels);
  const service = labels?.[LABELS.service];
  const manifestHash = labels?.[LABELS.manifest];
  if (leaseId === null || service === undefined || !isHash(manifestHash)) return [];
  if (container.Name !== `/${containerName(identity, leaseId, service)}`) return [];
  const isLost = survivors.isLost(container);
  const gpus = gpusOfLabels(labels);
  const seen = observedContainer(container, service, manifestHash, isLost, publishHost);
  return [{ leaseId, container: gpus.length === 0 ? seen : { ...seen, gpus } }];
}

function networkParts(
  { identity }: DockerContext,
  networks: readonly Dockerode.NetworkInspectInfo[],
  joined: ReadonlySet<string> | null,
): readonly Part[] {
  const own = networks.filter(({ Labels }) => carries(Labels, marketLabels(identity)));
  return own.flatMap(({ Id, Name, Labels }) => {
    const leaseId = leaseIdOf(Labels);
    if (leaseId === null || Name !== networkName(identity, leaseId)) return [];
    return [{ leaseId, network: true, isApart: joined !== null && !joined.has(Id) }];
  });
}

function leaseIdOf(labels: Labels): LeaseId | null {
  const label = labels?.[LABELS.lease];
  return label !== undefined && /^(0|[1-9]\d*)$/.test(label) ? BigInt(label) : null;
}

function isHash(text: string | undefined): text is `0x${string}` {
  return text !== undefined && /^0x[0-9a-f]{64}$/i.test(text);
}

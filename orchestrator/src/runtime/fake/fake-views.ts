// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../../domain/identity.ts";
import { proxyEndpoint } from "../../domain/ingress.ts";
import type {
  Endpoint,
  LogLine,
  ObservedContainer,
  ObservedVolume,
  ObservedWorkload,
  Sample,
} from "../../domain/observed.ts";
import type { LogRequest } from "../../ports/container-runtime.ts";
import {
  isAlive,
  publishedPorts,
  type FakeContainer,
  type FakeEngine,
  type FakeObject,
  type FakeVolume,
} from "./fake-engine.ts";

/** Address that the fake publishes ports on. */
const ADDRESS = "127.0.0.1";

/** The container as the port tells it. */
export function fakeContainer(container: FakeContainer): ObservedContainer {
  const { id, manifestHash, state, startedAt, finishedAt, exitCode, oomKilled } = container;
  const { lostWithEngine, health } = container;
  const service = container.spec.name;
  const endpoints = container.spec.ports.flatMap(({ containerPort, protocol }) => {
    const port = container.hostPorts.get(`${containerPort}/${protocol}`);
    return port === undefined ? [] : { service, containerPort, protocol, address: ADDRESS, port };
  });
  const publishes = publishedPorts(container).flatMap(({ containerPort, protocol, hostPort }) =>
    hostPort === undefined ? [] : { containerPort, protocol, hostPort },
  );
  const ended = { state, startedAt, finishedAt, exitCode, oomKilled, lostWithEngine };
  const gpus = (container.spec.gpus ?? []).map(({ uuid }) => uuid);
  return {
    ...{ id, service, manifestHash, image: container.spec.image, ...ended, health, publishes },
    endpoints: [...endpointOfProxy(container), ...endpoints],
    ...(gpus.length === 0 ? {} : { gpus }),
  };
}

function endpointOfProxy({ spec, url, state }: FakeContainer): readonly Endpoint[] {
  const http = spec.ports.find(({ appProtocol }) => appProtocol === "http");
  if (url === null || http === undefined || state === "created" || state === "exited") return [];
  return [proxyEndpoint(spec.name, http.containerPort, url)];
}

function fakeVolume({ volume: name, sizeMiB }: FakeVolume): ObservedVolume {
  return { name, sizeMiB, isWhole: true };
}

/** Everything of an owner's, by lease. */
export function fakeWorkloads(engine: FakeEngine, owner: string): readonly ObservedWorkload[] {
  const own = (object: FakeObject): boolean => object.owner === owner;
  const containers = [...engine.containers.values()].filter(own);
  const networks = [...engine.networks.values()].filter(own);
  const volumes = [...engine.volumes.values()].filter(own);
  const leases = new Set([...containers, ...networks, ...volumes].map(({ leaseId }) => leaseId));
  return [...leases].map((leaseId) => ({
    leaseId,
    containers: containers.filter((container) => container.leaseId === leaseId).map(fakeContainer),
    hasNetwork: networks.some((network) => network.leaseId === leaseId),
    volumes: volumes.filter((volume) => volume.leaseId === leaseId).map(fakeVolume),
    ...(isApart(engine, containers, leaseId) && { isApart: true as const }),
  }));
}

/** One measurement of the incarnation that was observed; null if that one does not run. */
export function fakeSample(engine: FakeEngine, { id, startedAt }: ObservedContainer): Sample | null {
  const found = [...engine.containers.values()].find((container) => container.id === id);
  if (found === undefined || startedAt === null) return null;
  if (!isAlive(found) || found.startedAt !== startedAt) return null;
  return { containerId: id, startedAt, takenAt: engine.now(), ...found.usage };
}

/** Recorded lines, then new ones until the container ends or the signal is aborted. */
export async function* followLog(
  engine: FakeEngine,
  container: FakeContainer,
  { tail, follow }: LogRequest,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  let next = Math.max(0, container.log.length - tail);
  while (true) {
    yield* container.log.slice(next);
    next = container.log.length;
    if (!follow || !isAlive(container) || signal.aborted) return;
    await engine.change(signal);
  }
}

function isApart(engine: FakeEngine, containers: readonly FakeContainer[], leaseId: LeaseId): boolean {
  const asked = containers.find((container) => container.leaseId === leaseId && container.url !== null);
  return (
    asked !== undefined && engine.networks.has(asked.network) && engine.proxy?.has(asked.network) !== true
  );
}

// SPDX-License-Identifier: Apache-2.0
import type { LogLine, ObservedContainer, Sample } from "../../domain/observed.ts";
import type { LogRequest } from "../../ports/container-runtime.ts";
import { isAlive, type FakeContainer, type FakeEngine } from "./fake-engine.ts";

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
  const ended = { state, startedAt, finishedAt, exitCode, oomKilled, lostWithEngine };
  return { id, service, manifestHash, ...ended, health, endpoints };
}

/** One measurement of the incarnation that began at `startedAt`; null if that one does not run. */
export function fakeSample(container: FakeContainer, startedAt: number | null, now: number): Sample | null {
  if (startedAt === null || !isAlive(container) || container.startedAt !== startedAt) return null;
  return { containerId: container.id, startedAt, takenAt: now, ...container.usage };
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

// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import type { ObservedContainer, Sample } from "../../domain/observed.ts";
import { ask } from "./ask.ts";
import { inspectAll } from "./containers.ts";
import type { DockerContext } from "./context.ts";
import { unreadable } from "./errors.ts";
import { parseTime } from "./time.ts";

const COUNTS_END = 2 ** 64;

/**
 * One measurement of each container, settled: null unless it runs, and is still in the incarnation that was observed; RetryableError
 * E_RUNTIME_UNREADABLE when it does, and its figures are none. Which run the figures are of shows in one look at all containers that
 * comes after them. Engine 20.10 takes a second for each, many at once included; later ones answer at once.
 */
export async function sample(
  context: DockerContext,
  containers: readonly ObservedContainer[],
  signal: AbortSignal,
): Promise<readonly PromiseSettledResult<Sample | null>[]> {
  const answers = await Promise.allSettled(containers.map(({ id }) => askForStats(context, id, signal)));
  const after = new Map((await inspectAll(context, signal)).map((container) => [container.Id, container]));
  return Promise.allSettled(
    containers.map(async ({ id, startedAt }, index) => {
      const answer = answers[index];
      if (answer?.status === "rejected") throw answer.reason;
      const isSame = startedAt !== null && isStillIn(after.get(id), startedAt);
      if (answer === undefined || answer.value === null || !isSame) return null;
      const figures = readStats(answer.value, id, startedAt);
      if (figures === null) throw unreadable(measuring(id));
      return figures;
    }),
  );
}

/** Null where there is no such container, or the engine refuses because of what it does. */
function askForStats({ engine }: DockerContext, id: string, signal: AbortSignal): Promise<unknown> {
  return ask<unknown, null>(engine, {
    what: measuring(id),
    limitMs: engine.deadlines.stats,
    signal,
    run: (abortSignal) => {
      const options = { stream: false, "one-shot": true, abortSignal } as const;
      return engine.docker.getContainer(id).stats(options);
    },
    outcomes: { 404: () => null, 409: () => null },
  });
}

function isStillIn(container: Dockerode.ContainerInspectInfo | undefined, startedAt: number): boolean {
  return container?.State.Running === true && parseTime(container.State.StartedAt) === startedAt;
}

function measuring(id: string): string {
  return `measure container ${id}`;
}

/** The engine's statistics as a sample; null when they lack time, processor or memory, as those of an ended container do. */
export function readStats(stats: unknown, containerId: string, startedAt: number): Sample | null {
  const read = field(stats, "read");
  const takenAt = typeof read === "string" ? parseTime(read) : null;
  const cpuNanos = count(field(field(field(stats, "cpu_stats"), "cpu_usage"), "total_usage"));
  const memoryBytes = memory(field(stats, "memory_stats"));
  if (takenAt === null || cpuNanos === null || memoryBytes === null) return null;
  const networks = field(stats, "networks");
  return {
    containerId,
    startedAt,
    takenAt,
    cpuNanos,
    memoryBytes,
    networkRxBytes: sum(networks, "rx_bytes"),
    networkTxBytes: sum(networks, "tx_bytes"),
  };
}

/** Used memory without the file cache that the kernel can take back at once: cgroup v1 and v2 name that differently. */
function memory(stats: unknown): bigint | null {
  const usage = count(field(stats, "usage"));
  const detail = field(stats, "stats");
  const total = field(detail, "total_inactive_file");
  const cache = count(total === undefined ? field(detail, "inactive_file") : total);
  if (usage === null || cache === null) return null;
  return cache < usage ? usage - cache : usage;
}

/** Over all interfaces; null when the engine names none, or one without the figure. */
function sum(networks: unknown, key: string): bigint | null {
  if (typeof networks !== "object" || networks === null) return null;
  const figures = Object.values(networks).map((network) => count(field(network, key)));
  const known = figures.filter((figure) => figure !== null);
  if (known.length === 0 || known.length < figures.length) return null;
  return known.reduce((total, figure) => total + figure, 0n);
}

/** The kernel counts in whole numbers of 64 bits: whatever else stands in their place is no count. */
function count(value: unknown): bigint | null {
  const isCount = typeof value === "number" && Number.isInteger(value) && value >= 0 && value < COUNTS_END;
  return isCount ? BigInt(value) : null;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

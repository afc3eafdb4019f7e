// SPDX-License-Identifier: Apache-2.0
import type { Desired } from "../domain/desired.ts";
import { EXIT_MEMORY, failureOfExits, judgeExits, type Exit, type RestartVerdict } from "../domain/exits.ts";
import type { Failure } from "../domain/failure.ts";
import { gpuTrouble } from "../domain/gpus.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainer, ObservedWorkload } from "../domain/observed.ts";
import { isServed } from "../domain/served.ts";
import type { Hardware } from "../ports/hardware.ts";
import type { Journal } from "../ports/journal.ts";

/** How a workload's services have ended so far, judged. */
export interface JudgedExits extends RestartVerdict {
  readonly exit: Failure | null;
}

const NONE: JudgedExits = { notBefore: 0, isUnhealthy: false, exit: null };

/**
 * Notes in the journal what has ended by itself since the last look, and judges it with what is remembered of the same containers:
 * a new manifest brings new ones, and begins anew. `planned` shows what the daemon stopped itself as waiting, not as ended.
 */
export function takeInExits(
  journal: Pick<Journal, "noteExit" | "exits">,
  desired: Desired,
  planned: ObservedWorkload | null,
  now: number,
): JudgedExits {
  if (desired.kind !== "run" || planned === null) return NONE;
  const { leaseId, containers } = planned;
  const ended = containers.flatMap((container) => exitOf(container) ?? []);
  noteNew(journal, leaseId, ended, now);
  const exits = journal
    .exits(leaseId)
    .filter(({ containerId }) => containers.some(({ id }) => id === containerId));
  const verdict = judgeExits(exits, isServed(desired, planned) ? youngestStart(containers) : null, now);
  return { ...verdict, exit: failureOfExits(exits, verdict.isUnhealthy) };
}

/** A lease whose GPUs are not all seen to be well gets what no exit would tell: it is not billed, and its tenant is told why. */
export function withGpuTrouble(
  judged: JudgedExits,
  planned: ObservedWorkload | null,
  hardware: Hardware,
): JudgedExits {
  const exit = gpuTrouble(planned?.containers ?? [], hardware.capacity());
  return exit === null ? judged : { ...judged, isUnhealthy: true, exit };
}

function noteNew(
  journal: Pick<Journal, "noteExit" | "exits">,
  leaseId: LeaseId,
  ended: readonly Exit[],
  now: number,
): void {
  if (ended.length === 0) return;
  const known = journal.exits(leaseId);
  const isKnown = ({ containerId, startedAt }: Exit): boolean =>
    known.some((exit) => exit.containerId === containerId && exit.startedAt === startedAt);
  for (const exit of ended) if (!isKnown(exit)) journal.noteExit(leaseId, exit, now - EXIT_MEMORY);
}

function exitOf(container: ObservedContainer): Exit | null {
  const { id: containerId, service, state, startedAt, finishedAt, exitCode, oomKilled } = container;
  if (state !== "exited" || container.lostWithEngine || startedAt === null || finishedAt === null)
    return null;
  return { service, containerId, startedAt, finishedAt, exitCode, oomKilled };
}

function youngestStart(containers: readonly ObservedContainer[]): number | null {
  const starts = containers.flatMap(({ state, startedAt }) =>
    state === "running" && startedAt !== null ? [startedAt] : [],
  );
  return starts.length === 0 ? null : Math.max(...starts);
}

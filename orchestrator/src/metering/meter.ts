// SPDX-License-Identifier: Apache-2.0
import { crashpoint } from "../crashpoint.ts";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainer, Sample } from "../domain/observed.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import { measured } from "./incarnation.ts";

export interface MeterParts {
  readonly runtime: ContainerRuntime;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between two samples of a container. */
  readonly sampleInterval: number;
  /** Thousandths of a core that a service may use; null where its manifest is not known. */
  readonly quotaOf: (leaseId: LeaseId, service: string) => number | null;
}

/** A sample, and what it is of. */
interface Taken {
  readonly leaseId: LeaseId;
  readonly container: ObservedContainer;
  readonly sample: Sample;
}

/** For how many intervals one measurement of memory may speak. */
const MEMORY_REACH = 3;

/** Samples what runs until the signal; a sample that fails is missed, never guessed. */
export async function runMeter(parts: MeterParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await sampleAll(parts, signal);
    } catch (error) {
      if (!signal.aborted) parts.log.warn(failureOf(error), "samples are missed");
    }
    await parts.clock.sleep(parts.sampleInterval, signal).catch(() => undefined);
  }
}

/** Takes one sample of each running container of a noted lease and adds it to the journal. */
export async function sampleAll(parts: MeterParts, signal: AbortSignal): Promise<void> {
  const { runtime, journal, log } = parts;
  const noted = new Set(journal.leaseNotes().map(({ leaseId }) => leaseId));
  const workloads = (await runtime.observe(signal)).filter(({ leaseId }) => noted.has(leaseId));
  const running = workloads.flatMap(({ leaseId, containers }) =>
    containers.filter(({ state }) => state === "running").map((container) => ({ leaseId, container })),
  );
  const outcomes = await runtime.sample(
    running.map(({ container }) => container),
    signal,
  );
  const taken = outcomes.flatMap((outcome, index) => {
    const of = running[index];
    return outcome.status === "fulfilled" && outcome.value !== null && of !== undefined
      ? [{ ...of, sample: outcome.value }]
      : [];
  });
  keep(parts, taken);
  const missed = outcomes.filter((outcome) => outcome.status === "rejected");
  if (missed.length > 0 && !signal.aborted) {
    log.warn(
      { ...failureOf(missed[0]?.reason), missed: missed.length, of: running.length },
      "samples are missed",
    );
  }
}

/** Adds samples to the journal, all of them or none. */
function keep({ journal, sampleInterval, quotaOf }: MeterParts, taken: readonly Taken[]): void {
  if (taken.length === 0) return;
  crashpoint("sample-taken");
  const counted = taken.map(({ leaseId, container, sample }) => {
    const limits = {
      cpuMillis: quotaOf(leaseId, container.service),
      memoryReach: MEMORY_REACH * sampleInterval,
    };
    return measured(leaseId, sample, journal.incarnations(leaseId), limits);
  });
  journal.saveIncarnations(counted);
  crashpoint("sample-kept");
}

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
  /** Milliseconds between two samples of a container, unless there are so many that they take turns. */
  readonly sampleInterval: number;
  /** Thousandths of a core that a service may use; null where its manifest is not known. */
  readonly quotaOf: (leaseId: LeaseId, service: string) => number | null;
}

interface Running {
  readonly leaseId: LeaseId;
  readonly container: ObservedContainer;
}

/** A sample, and what it is of. */
interface Taken extends Running {
  readonly sample: Sample;
}

/** The most containers that are measured in one interval: each costs the engine a request. More of them take turns. */
const MOST_AT_ONCE = 100;
/** For how many turns one measurement of memory may speak. */
const MEMORY_REACH = 3;

/** Samples what runs until the signal; a sample that fails is missed, never guessed. */
export async function runMeter(parts: MeterParts, signal: AbortSignal): Promise<void> {
  const meter = new Meter(parts);
  while (!signal.aborted) {
    try {
      await meter.sample(signal);
    } catch (error) {
      if (!signal.aborted) parts.log.warn(failureOf(error), "samples are missed");
    }
    await parts.clock.sleep(parts.sampleInterval, signal).catch(() => undefined);
  }
}

/** Measures the running containers of noted leases; of very many, those first that it has not measured for the longest. */
export class Meter {
  readonly #parts: MeterParts;
  #turn = 0;
  /** The turn in which each container was last measured. */
  #measuredIn: ReadonlyMap<string, number> = new Map();

  constructor(parts: MeterParts) {
    this.#parts = parts;
  }

  /** Takes one sample of each container whose turn it is and adds it to the journal. */
  async sample(signal: AbortSignal): Promise<void> {
    const { runtime, journal, log } = this.#parts;
    const noted = new Set(journal.leaseNotes().map(({ leaseId }) => leaseId));
    const workloads = (await runtime.observeContainers(signal)).filter(({ leaseId }) => noted.has(leaseId));
    const running = workloads.flatMap(({ leaseId, containers }) =>
      containers.filter(({ state }) => state === "running").map((container) => ({ leaseId, container })),
    );
    const chosen = this.#choose(running);
    const outcomes = await runtime.sample(
      chosen.map(({ container }) => container),
      signal,
    );
    const taken = outcomes.flatMap((outcome, index) => {
      const of = chosen[index];
      return outcome.status === "fulfilled" && outcome.value !== null && of !== undefined
        ? [{ ...of, sample: outcome.value }]
        : [];
    });
    keep(this.#parts, taken, Math.ceil(running.length / MOST_AT_ONCE));
    const missed = outcomes.filter((outcome) => outcome.status === "rejected");
    if (missed.length > 0 && !signal.aborted) {
      log.warn(
        { ...failureOf(missed[0]?.reason), missed: missed.length, of: chosen.length },
        "samples are missed",
      );
    }
  }

  #choose(running: readonly Running[]): readonly Running[] {
    const lastOf = ({ container }: Running): number => this.#measuredIn.get(container.id) ?? 0;
    const chosen = running.toSorted((one, other) => lastOf(one) - lastOf(other)).slice(0, MOST_AT_ONCE);
    this.#turn += 1;
    const turns = new Map(running.map((each) => [each.container.id, lastOf(each)]));
    for (const { container } of chosen) turns.set(container.id, this.#turn);
    this.#measuredIn = turns;
    return chosen;
  }
}

/** Adds samples to the journal, all of them or none; `turns` is in how many intervals each container is measured once. */
function keep(
  { journal, sampleInterval, quotaOf }: MeterParts,
  taken: readonly Taken[],
  turns: number,
): void {
  if (taken.length === 0) return;
  crashpoint("sample-taken");
  const counted = taken.map(({ leaseId, container, sample }) => {
    const limits = {
      cpuMillis: quotaOf(leaseId, container.service),
      memoryReach: MEMORY_REACH * sampleInterval * turns,
    };
    return measured(leaseId, sample, journal.incarnations(leaseId), limits);
  });
  journal.saveIncarnations(counted);
  crashpoint("sample-kept");
}

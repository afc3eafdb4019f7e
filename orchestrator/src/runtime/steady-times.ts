// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedContainer, ObservedContainers, Sample } from "../domain/observed.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Journal } from "../ports/journal.ts";

export interface SteadyTimesParts {
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly journal: Pick<Journal, "trueStart" | "noteTrueStart">;
}

/** A time of the engine's, and what it is by the monotonic clock. */
interface Stamp {
  readonly told: number;
  readonly at: number;
}

interface Seen {
  readonly startedAt: Stamp | null;
  readonly finishedAt: Stamp | null;
}

/** Milliseconds by which the two clocks may part before that counts as a step. */
const SLACK = 1_000;
/** Steps that are remembered: a time that was stamped before one may be seen after it. */
const REMEMBERED = 8;

/**
 * The same runtime, with the engine's times as the monotonic clock would have stamped them. The engine stamps with the machine's wall
 * clock: where that is set, a run of seconds would look like hours, a crash loop like rare ends, and the same minutes would count twice.
 * A time is taken over as it is while the clocks agree. It is turned once, when it is first seen, into what lies between the look before
 * and now; a start, which names an incarnation, is noted for the daemon's next run where it was turned.
 */
export function withSteadyTimes(runtime: ContainerRuntime, parts: SteadyTimesParts): ContainerRuntime {
  const times = new SteadyTimes(parts);
  const turning: Pick<ContainerRuntime, "observe" | "observeContainers" | "sample" | "stillRuns"> = {
    observe: async (signal) => {
      const asked = parts.clock.monotonic();
      return times.turnAll(await runtime.observe(signal), asked);
    },
    observeContainers: async (signal) => {
      const asked = parts.clock.monotonic();
      return times.turnAll(await runtime.observeContainers(signal), asked);
    },
    sample: async (containers, signal) => {
      const asked = parts.clock.monotonic();
      const told = containers.map((container) => times.asTold(container));
      const outcomes = await runtime.sample(told, signal);
      return outcomes.map((outcome, index) => {
        const of = containers[index];
        if (outcome.status === "rejected" || outcome.value === null || of === undefined) return outcome;
        return { ...outcome, value: times.turnSample(outcome.value, of, asked) };
      });
    },
    stillRuns: (container) => runtime.stillRuns(times.asTold(container)),
  };
  return new Proxy(runtime, {
    get(target, name) {
      if (name in turning) return turning[name as keyof typeof turning];
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

class SteadyTimes {
  readonly #parts: SteadyTimesParts;
  readonly #told = new WeakMap<ObservedContainer, ObservedContainer>();
  #seen: ReadonlyMap<string, Seen> = new Map();
  /** When the latest look that is over began, by the monotonic clock. */
  #lookedAt = -Infinity;
  /** By how much the monotonic clock has been ahead of the wall clock, the latest first. */
  #ahead: readonly number[] = [0];

  constructor(parts: SteadyTimesParts) {
    this.#parts = parts;
  }

  turnAll<Found extends ObservedContainers>(found: readonly Found[], asked: number): readonly Found[] {
    this.#noticeStep();
    const seen = new Map<string, Seen>();
    const turned = found.map((workload) => ({
      ...workload,
      containers: workload.containers.map((container) => {
        const now = this.#see(workload.leaseId, container);
        seen.set(container.id, now);
        return this.#withTimes(container, now);
      }),
    }));
    if (asked < this.#lookedAt) return turned;
    this.#seen = seen;
    this.#lookedAt = asked;
    return turned;
  }

  turnSample(sample: Sample, { startedAt }: ObservedContainer, asked: number): Sample {
    this.#noticeStep();
    return {
      ...sample,
      startedAt: startedAt ?? sample.startedAt,
      takenAt: this.#turn(sample.takenAt, asked),
    };
  }

  /** The container with the times that the engine told. */
  asTold(container: ObservedContainer): ObservedContainer {
    return this.#told.get(container) ?? container;
  }

  #see(leaseId: LeaseId, { id, startedAt, finishedAt }: ObservedContainer): Seen {
    const before = this.#seen.get(id);
    return {
      startedAt: startedAt === null ? null : this.#startOf(leaseId, id, startedAt, before?.startedAt ?? null),
      finishedAt: finishedAt === null ? null : this.#remembered(finishedAt, before?.finishedAt ?? null),
    };
  }

  #startOf(leaseId: LeaseId, id: string, told: number, before: Stamp | null): Stamp {
    if (before?.told === told) return before;
    const { journal } = this.#parts;
    const noted = journal.trueStart(id, told);
    if (noted !== null) return { told, at: noted };
    const at = this.#turn(told, this.#lookedAt);
    if (at !== told) journal.noteTrueStart(leaseId, id, told, at);
    return { told, at };
  }

  #remembered(told: number, before: Stamp | null): Stamp {
    return before?.told === told ? before : { told, at: this.#turn(told, this.#lookedAt) };
  }

  #noticeStep(): void {
    const { clock } = this.#parts;
    const ahead = Math.round(clock.monotonic() - clock.now());
    if (Math.abs(ahead - (this.#ahead[0] ?? 0)) <= SLACK) return;
    this.#ahead = [Math.abs(ahead) <= SLACK ? 0 : ahead, ...this.#ahead].slice(0, REMEMBERED);
  }

  /** What has happened since then, at the earliest. At the first look nobody knows since when, and the engine's word is taken. */
  #turn(told: number, since: number): number {
    if (since === -Infinity) return told;
    const now = this.#parts.clock.monotonic();
    const possible = this.#ahead.map((ahead) => told + ahead).filter((at) => at <= now + SLACK);
    return possible.find((at) => at >= since - SLACK) ?? possible[0] ?? Math.round(now);
  }

  #withTimes(container: ObservedContainer, { startedAt, finishedAt }: Seen): ObservedContainer {
    const [start, end] = [startedAt?.at ?? null, finishedAt?.at ?? null];
    if (start === container.startedAt && end === container.finishedAt) return container;
    const finish = start === null || end === null ? end : Math.max(start, end);
    const turned = { ...container, startedAt: start, finishedAt: finish };
    this.#told.set(turned, container);
    return turned;
  }
}

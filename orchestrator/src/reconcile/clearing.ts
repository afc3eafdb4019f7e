// SPDX-License-Identifier: Apache-2.0
import type { Desired } from "../domain/desired.ts";
import type { Leftover, LeftoverKind } from "../domain/leftover.ts";
import type { Step, StepAction } from "../domain/step.ts";
import { subjectOf } from "./step-kinds.ts";

const KINDS: Partial<Record<StepAction, LeftoverKind>> = {
  stopContainer: "process",
  removeContainer: "container",
  removeNetwork: "network",
  removeVolume: "volume",
};
/** What is wanted of a lease that nobody is served by any more. */
const OVER: readonly Desired["kind"][] = ["suspend", "rest", "quarantine", "remove"];
/** Tries in vain after which the next one makes a leftover of what they were about. */
const PATIENCE = 3;

/**
 * Counts the tries to clear away what a lease that is over has left. A try was in vain where the step is planned once more by a look that
 * began after it: whether it had failed, or had gone well and changed nothing.
 */
export class Clearing {
  #tries: ReadonlyMap<string, number> = new Map();
  #leftovers: ReadonlyMap<string, Leftover> = new Map();

  get leftovers(): readonly Leftover[] {
    return [...this.#leftovers.values()];
  }

  /** Takes in a plan, and answers what is a leftover by it and was none before. What is planned no more is none any more. */
  see(planned: readonly Step[], { kind: wanted }: Desired, now: number): readonly Leftover[] {
    const steps = OVER.includes(wanted) ? planned.filter(({ action }) => action in KINDS) : [];
    const before = this.#leftovers;
    const tries = new Map(steps.map((step) => [keyOf(step), this.#tries.get(keyOf(step)) ?? 0]));
    const stuck = steps.flatMap((step) => {
      const kind = KINDS[step.action];
      const key = keyOf(step);
      if (kind === undefined || (tries.get(key) ?? 0) <= PATIENCE) return [];
      return [[key, before.get(key) ?? { kind, name: subjectOf(step), since: now }] as const];
    });
    this.#tries = tries;
    this.#leftovers = new Map(stuck);
    return stuck.flatMap(([key, leftover]) => (before.has(key) ? [] : [leftover]));
  }

  /** Notes that a step is being taken. */
  tried(step: Step): void {
    const tries = this.#tries.get(keyOf(step));
    if (tries !== undefined) this.#tries = new Map(this.#tries).set(keyOf(step), tries + 1);
  }
}

function keyOf(step: Step): string {
  return `${step.action} ${subjectOf(step)}`;
}

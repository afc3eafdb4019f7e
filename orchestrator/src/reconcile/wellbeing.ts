// SPDX-License-Identifier: Apache-2.0
import type { Desired, LeaseRefusal } from "../domain/desired.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import {
  changedSpells,
  failureOfIllness,
  judgeSpells,
  SPELL_MEMORY,
  type IllHealth,
  type Spell,
} from "../domain/spells.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { vainWait } from "./dependencies.ts";
import { takeInExits, withGpuTrouble, type JudgedExits } from "./exits.ts";

/** How well a workload's services are, by their exits and by their own health checks. */
export interface Wellbeing extends JudgedExits {
  /** What a service waits for in vain. */
  readonly vain: LeaseRefusal | null;
}

type Memory = Pick<Journal, "noteExit" | "exits" | "noteSpell" | "spells">;

export interface WellbeingParts {
  readonly journal: Memory;
  readonly clock: Pick<Clock, "monotonic">;
  /** Milliseconds for which a health check must have failed. */
  readonly healthGrace: number;
  readonly hardware: Parameters<typeof withGpuTrouble>[2];
}

/** Notes in the journal what a look tells of exits and of health, and judges both. */
export function takeInWellbeing(
  { journal, clock, healthGrace, hardware }: WellbeingParts,
  desired: Desired,
  planned: ObservedWorkload | null,
): Wellbeing {
  const now = clock.monotonic();
  const exits = withGpuTrouble(takeInExits(journal, desired, planned, now), planned, hardware);
  if (desired.kind !== "run" || planned === null) return { ...exits, vain: null };
  const { manifestHash } = desired.workload;
  const own = planned.containers.filter((container) => container.manifestHash === manifestHash);
  const illHealth = takeInHealth(journal, { ...planned, containers: own }, now, healthGrace);
  const vain = givenUp(planned, illHealth) ?? vainWait(desired.workload, planned.containers, illHealth);
  if (illHealth === null) return { ...exits, vain };
  return {
    ...exits,
    isUnhealthy: true,
    exit: exits.isUnhealthy ? exits.exit : failureOfIllness(illHealth),
    vain,
  };
}

function takeInHealth(
  journal: Memory,
  { leaseId, containers }: ObservedWorkload,
  now: number,
  grace: number,
): IllHealth | null {
  const isOurs = ({ containerId }: Spell): boolean => containers.some(({ id }) => id === containerId);
  const known = journal.spells(leaseId);
  const before = judgeSpells(known.filter(isOurs), grace, now);
  const changed = changedSpells(known, containers, now, before);
  if (changed.length === 0) return before;
  for (const spell of changed) journal.noteSpell(leaseId, spell, now - SPELL_MEMORY);
  return judgeSpells(journal.spells(leaseId).filter(isOurs), grace, now);
}

function givenUp({ leaseId }: ObservedWorkload, illHealth: IllHealth | null): LeaseRefusal | null {
  if (illHealth === null || !illHealth.isGivenUp) return null;
  return { leaseId, ...failureOfIllness(illHealth), cause: "manifest", rests: true };
}

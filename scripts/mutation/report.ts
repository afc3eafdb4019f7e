// SPDX-License-Identifier: Apache-2.0
import { EXEMPT } from "./critical.ts";
import { changeOf, type Mutant } from "./mutant.ts";
import type { Result } from "./results.ts";
import type { Seed } from "./seed.ts";
import { LEFT_OUT } from "./session.ts";
import type { Reviewed } from "./survivors.ts";

/** The part of all mutants that must be killed. */
export const FLOOR = 0.95;

/** A mutant or a seed, and how it ended. */
export interface Judged<Item> {
  readonly item: Item;
  readonly result: Result;
}

/** How many mutants ended which way. The score is killed and timed out among all that are mutants at all. */
export interface Counts {
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly undecided: number;
  /** Not counted: it does not compile. */
  readonly notCompiled: number;
  /** Not counted: its code is the original's. */
  readonly sameCode: number;
  /** Thousandths of the counted mutants; 1 where there are none. */
  readonly score: number;
}

/** The counts of some results. */
export function countsOf(results: readonly Result[]): Counts {
  const count = (outcome: Result["outcome"]): number => results.filter((r) => r.outcome === outcome).length;
  const [killed, timedOut] = [count("killed"), count("timed-out")];
  const [survived, undecided] = [count("survived"), count("undecided")];
  const all = killed + timedOut + survived + undecided;
  const score = all === 0 ? 1 : Math.floor(((killed + timedOut) / all) * 1000) / 1000;
  const left = { notCompiled: count("not-compiled"), sameCode: count("same-code") };
  return { killed, timedOut, survived, undecided, ...left, score };
}

/** The counts of mutants by something that they share. */
export function countsBy(
  mutants: readonly Judged<Mutant>[],
  key: (mutant: Mutant) => string,
): Readonly<Record<string, Counts>> {
  const names = [...new Set(mutants.map(({ item }) => key(item)))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const group = mutants.filter(({ item }) => key(item) === name);
      return [name, countsOf(group.map(({ result }) => result))];
    }),
  );
}

/** A mutant that no test kills, with the reason why that is right, if somebody found one. */
export function survivorsOf(mutants: readonly Judged<Mutant>[], reviewed: readonly Reviewed[]) {
  const reasons = new Map(reviewed.map(({ id, reason }) => [id, reason]));
  return mutants
    .filter(({ result }) => isAlive(result))
    .map(({ item, result }) => ({
      id: item.id,
      file: item.file,
      line: item.line,
      change: changeOf(item),
      outcome: result.outcome,
      critical: item.critical,
      reason: reasons.get(item.id) ?? null,
    }));
}

/** The seeds, each with its attack and the test that kills it. */
export function seedsOf(seeds: readonly Judged<Seed>[]) {
  return seeds.map(({ item, result }) => ({
    name: item.name,
    attack: item.attack,
    file: item.file,
    outcome: result.outcome,
    by: result.by ?? null,
  }));
}

/** Why the run fails; nothing where it passes. */
export function complaintsOf(
  mutants: readonly Judged<Mutant>[],
  seeds: readonly Judged<Seed>[],
  reviewed: readonly Reviewed[],
  population: ReadonlySet<string>,
): readonly string[] {
  const { score } = countsOf(mutants.map(({ result }) => result));
  const killed = new Set(mutants.filter(({ result }) => !isAlive(result)).map(({ item }) => item.id));
  return [
    ...seeds
      .filter(({ result }) => !isDead(result))
      .map(({ item, result }) => `seed ${item.name}: ${result.outcome}`),
    ...(score < FLOOR ? [`the score ${score} is below ${FLOOR}`] : []),
    ...survivorsOf(mutants, reviewed)
      .filter(({ critical, reason }) => critical && reason === null)
      .map(({ id, change }) => `survives in money or authority without a reason: ${id}  ${change}`),
    ...reviewed
      .filter(({ id }) => !population.has(id))
      .map(({ id }) => `reviewed, but no mutant any more: ${id}`),
    ...reviewed
      .filter(({ id }) => killed.has(id))
      .map(({ id }) => `reviewed as a survivor, but killed: ${id}`),
  ];
}

/** What the figures are measured by and what they leave out. */
export const TERMS = {
  judgedBy:
    "test/contracts, until the first failure; a kill counts when the same test passes on the original right after",
  leftOutTests: LEFT_OUT,
  notMutated: "mocks, interfaces, and what a refusal says about itself (the second argument of require)",
  moneyAndAuthority: "all but events and these functions, which only tell what is so",
  exemptFunctions: EXEMPT,
  timedOut: "counts as killed: four times what all tests take on the original, two minutes at least",
};

function isAlive({ outcome }: Result): boolean {
  return outcome === "survived" || outcome === "undecided";
}

function isDead({ outcome }: Result): boolean {
  return outcome === "killed" || outcome === "timed-out";
}

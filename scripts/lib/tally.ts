// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** How one test ended. */
export type Outcome = "passed" | "failed" | "skipped";

/** How many tests ended which way. */
export type Tally = Readonly<Record<Outcome, number>>;

/** What a runner left behind: its tally, and whether it came to its end. */
export interface Results {
  readonly tally: Tally;
  readonly ended: boolean;
}

const END = "end";
const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

/** Notes one result at once, so that what ran before a crash is counted. */
export function record(path: string, outcome: Outcome): void {
  appendFileSync(path, `${outcome}\n`);
}

/** Notes that the runner came to its end; without it the suite counts as crashed. */
export function recordEnd(path: string): void {
  appendFileSync(path, `${END}\n`);
}

/** Reads what `record` and `recordEnd` wrote; nothing where the runner never got that far. */
export function readResults(path: string): Results {
  const lines = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
  const count = (outcome: Outcome): number => lines.filter((line) => line === outcome).length;
  return {
    tally: { passed: count("passed"), failed: count("failed"), skipped: count("skipped") },
    ended: lines.includes(END),
  };
}

/** The sum of all. */
export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
    }),
    NOTHING,
  );
}

/** The one line that continuous integration reads. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

// SPDX-License-Identifier: Apache-2.0
import { filesUnder } from "./files.ts";

/** One kind of test: which runner it needs and how long it may take. */
export interface Suite {
  readonly name: string;
  readonly runner: "mocha" | "solidity";
  readonly needsEngine: boolean;
  /** After this the whole suite is killed and counts as crashed. */
  readonly limitMinutes: number;
  /** What one test may take unless it says otherwise. */
  readonly testTimeoutMs: number;
}

/** The suites of `npm test`, the fast ones first. */
export const SUITES: readonly Suite[] = [
  { name: "unit", runner: "mocha", needsEngine: false, limitMinutes: 8, testTimeoutMs: 10_000 },
  { name: "solidity", runner: "solidity", needsEngine: false, limitMinutes: 8, testTimeoutMs: 0 },
  { name: "gas", runner: "mocha", needsEngine: false, limitMinutes: 8, testTimeoutMs: 360_000 },
  { name: "contracts", runner: "mocha", needsEngine: false, limitMinutes: 8, testTimeoutMs: 60_000 },
  { name: "chain", runner: "mocha", needsEngine: false, limitMinutes: 8, testTimeoutMs: 60_000 },
  { name: "simulation", runner: "mocha", needsEngine: false, limitMinutes: 12, testTimeoutMs: 300_000 },
  { name: "docker", runner: "mocha", needsEngine: true, limitMinutes: 12, testTimeoutMs: 60_000 },
  { name: "e2e", runner: "mocha", needsEngine: true, limitMinutes: 12, testTimeoutMs: 120_000 },
];

/** What is slow because it is real; run by `npm run test:system` alone. */
export const SYSTEM_SUITE: Suite = {
  name: "system",
  runner: "mocha",
  needsEngine: true,
  limitMinutes: 49,
  testTimeoutMs: 600_000,
};

const FOLDERS = ["sdk", "orchestrator", "cli", "scripts", "deploy", "test"];

const SUITE_OF_PATH: readonly (readonly [RegExp, string])[] = [
  [/^test\/solidity\/.*\.t\.sol$/, "solidity"],
  [/^test\/system\/.*\.test\.ts$/, "system"],
  [/^test\/e2e\/.*\.test\.ts$/, "e2e"],
  [/^test\/gas\/.*\.test\.ts$/, "gas"],
  [/^test\/simulation\/simulation\.test\.ts$/, "simulation"],
  [/^test\/contracts\/.*\.test\.ts$/, "contracts"],
  [/\.docker\.test\.ts$/, "docker"],
  [/\.chain\.test\.ts$/, "chain"],
  [/\.test\.ts$/, "unit"],
];

/** The suite a file belongs to: exactly one for every test file, none for any other file. */
export function suiteOf(path: string): string | undefined {
  return SUITE_OF_PATH.find(([pattern]) => pattern.test(path))?.[1];
}

/** The test files of a suite. */
export function filesOf(suite: Suite): readonly string[] {
  return FOLDERS.flatMap(filesUnder).filter((path) => suiteOf(path) === suite.name);
}

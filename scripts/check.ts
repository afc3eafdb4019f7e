// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tallyLine, type Outcome } from "./lib/tally.ts";

/** One question to the repository: a command whose exit code answers it. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const there = (...paths: readonly string[]): readonly string[] => paths.filter((path) => existsSync(path));
const contracts = there("contracts", "test/solidity").map((folder) => `${folder}/**/*.sol`);
const typescript = there(
  "sdk",
  "orchestrator",
  "cli",
  "scripts",
  "deploy",
  "test",
  "bench",
  "typechain-types",
);

const STEPS: readonly Step[] = [
  { name: "format", command: ["prettier", "--check", "."] },
  { name: "sources", command: ["tsx", "scripts/check-sources.ts"] },
  { name: "trees", command: ["tsx", "scripts/check-trees.ts"] },
  { name: "solhint", command: ["solhint", "--disc", "--noPoster", "--max-warnings", "0", ...contracts] },
  { name: "imports", command: ["depcruise", ...typescript] },
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "eslint", command: ["eslint", "--max-warnings", "0", "."] },
  { name: "generated", command: ["tsx", "scripts/check-generated.ts"] },
];

function selected(names: readonly string[]): readonly Step[] {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(
      `unknown step ${unknown.join(", ")}; the steps are ${STEPS.map(({ name }) => name).join(", ")}`,
    );
    process.exit(2);
  }
  return names.length === 0 ? STEPS : STEPS.filter(({ name }) => names.includes(name));
}

function run({ name, command: [program = "", ...args] }: Step): Outcome {
  const startedAt = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const outcome = status === 0 ? "passed" : "failed";
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${outcome} ${name.padEnd(10)} ${seconds.padStart(5)} s`);
  if (outcome === "failed") console.log([stdout, stderr, error?.message].join("").trimEnd());
  return outcome;
}

const outcomes = selected(process.argv.slice(2)).map(run);
const failed = outcomes.filter((outcome) => outcome === "failed").length;
console.log(tallyLine({ passed: outcomes.length - failed, failed, skipped: 0 }));
process.exitCode = failed > 0 ? 1 : 0;

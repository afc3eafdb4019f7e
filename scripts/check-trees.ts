// SPDX-License-Identifier: Apache-2.0
/** Holds the specs of the contract to the trees beside them; see test/contracts/README.md. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { filesUnder } from "./lib/files.ts";
import { changingFunctions, functionsWithoutTree, treeProblems, type ListedTest } from "./lib/tree-rules.ts";

const FOLDER = "test/contracts";
const INTERFACES = "contracts/interfaces";

/** What it walks is written in docs/state-machines.md: that table is its tree. */
const WALKS_A_TABLE = `${FOLDER}/matrix.test.ts`;

interface TestOfFile extends ListedTest {
  readonly file: string;
}

function listTests(specs: readonly string[]): readonly TestOfFile[] {
  const output = execFileSync("tsx", ["scripts/lib/list-tests.ts", ...specs], { maxBuffer: 1 << 28 });
  return JSON.parse(output.toString()) as readonly TestOfFile[];
}

function problemsOf(spec: string, tests: readonly TestOfFile[]): readonly string[] {
  const path = treeBeside(spec);
  if (!existsSync(path)) return [`${path}: is missing`];
  const own = tests.filter(({ file }) => relative(".", file) === spec);
  return treeProblems(readFileSync(path, "utf8"), own).map((problem) => `${path}: ${problem}`);
}

function treeBeside(spec: string): string {
  return spec.replace(/\.test\.ts$/, ".tree");
}

const files = filesUnder(FOLDER);
const specs = files.filter((path) => path.endsWith(".test.ts") && path !== WALKS_A_TABLE);
const trees = files.filter((path) => path.endsWith(".tree"));
const tests = listTests(specs);
const functions = filesUnder(INTERFACES).flatMap((path) => changingFunctions(readFileSync(path, "utf8")));
const texts = trees.map((path) => readFileSync(path, "utf8"));

const problems = [
  ...specs.flatMap((spec) => problemsOf(spec, tests)),
  ...trees
    .filter((path) => !specs.some((spec) => treeBeside(spec) === path))
    .map((path) => `${path}: stands beside no spec`),
  ...functionsWithoutTree(functions, texts).map((name) => `${name}: no tree is about this function`),
];
for (const problem of problems) console.error(problem);
console.log(
  `${trees.length} trees, ${tests.length} tests, ${functions.length} functions, ${problems.length} problems`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

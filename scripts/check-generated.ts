// SPDX-License-Identifier: Apache-2.0
/**
 * Builds, then asks git whether a generated file differs from the staged or committed one, or is new to it, and whether
 * one was left over: the build writes every type again, so a type older than the build belongs to no contract.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { filesUnder } from "./lib/files.ts";

const GENERATED = ["typechain-types", "sdk/src/generated"];

function git(...args: readonly string[]): readonly string[] {
  const output = execFileSync("git", [...args, "--", ...GENERATED], { encoding: "utf8" });
  return output.split("\n").filter((line) => line !== "");
}

const startedAt = Date.now();
const build = spawnSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
if (build.status !== 0) process.exit(1);

const problems = [
  ...filesUnder("typechain-types")
    .filter((path) => statSync(path).mtimeMs < startedAt - 1_000)
    .map((path) => `${path}: no contract has this type any more; delete it`),
  ...git("diff", "--name-only").map((path) => `${path}: the build changed it; stage or commit it`),
  ...git("ls-files", "--others", "--exclude-standard").map((path) => `${path}: git does not know it; add it`),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

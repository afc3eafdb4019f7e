// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { filesUnder } from "./lib/files.ts";
import * as rules from "./lib/source-rules.ts";

const FOLDERS = [".ci", "scripts", "contracts", "deploy", "test", "sdk", "orchestrator", "cli", "bench"];
const GENERATED = ["deploy/deployments/", "test/fixtures/"];
const SOURCE = /(\.(ts|js|sol|sh)|^\.ci\/run)$/;

const paths = [...readdirSync("."), ...FOLDERS.filter((folder) => existsSync(folder)).flatMap(filesUnder)];
const sources = paths
  .filter((path) => SOURCE.test(path) && !GENERATED.some((folder) => path.startsWith(folder)))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));
const problems = Object.values(rules).flatMap((rule) => rule(sources));
for (const problem of problems) console.error(problem);
console.log(`${sources.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

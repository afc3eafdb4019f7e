// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EXCEPTIONS } from "./gas/ceilings.ts";
import type { Mined } from "./gas/chain.ts";
import { ceilingProblems } from "./gas/judge.ts";
import { measureAll } from "./gas/measure.ts";
import type { Watch } from "./gas/measure.ts";
import { profileOf } from "./gas/profile.ts";
import { tableOf } from "./gas/table.ts";

const TARGET = fileURLToPath(new URL("../../bench/gas.json", import.meta.url));

/**
 * Measures every operation, writes the figures and prints them beside ceilings and peers. `--profile` adds where the gas went;
 * `--draft` measures a market of any size and writes nothing.
 */
const profiled = process.argv.includes("--profile");
const draft = process.argv.includes("--draft");
const traces: (readonly [string, Mined, unknown])[] = [];
const watch: Watch = async ({ chain }, operation, mined) => {
  if (profiled) traces.push([operation, mined, await chain.trace(mined.hash)]);
};

const result = await measureAll(draft, watch);
if (!draft) writeFileSync(TARGET, `${JSON.stringify(result, null, 2)}\n`);
console.log(tableOf(result));
if (profiled) console.log(`\n${profileOf(traces)}`);
const problems = ceilingProblems(result, EXCEPTIONS);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

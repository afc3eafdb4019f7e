// SPDX-License-Identifier: Apache-2.0
/**
 * The long programme. Arguments: the parts to run, all of them where none is named. BERTH_DEEP_SHARE, above 0 and up to 1, runs
 * that share of each part; what ran is what `bench/deep.json` says.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { chosenParts, type DeepRun, PARTS, type Part, shareFrom } from "./deep/parts.ts";

const TARGET = fileURLToPath(new URL("../bench/deep.json", import.meta.url));

function known(): Record<string, DeepRun> {
  return existsSync(TARGET) ? (JSON.parse(readFileSync(TARGET, "utf8")) as Record<string, DeepRun>) : {};
}

function run(part: Part, share: number): DeepRun {
  const startedAt = performance.now();
  const amount = Math.max(1, Math.round(part.amount * share));
  console.log(`\n=== ${part.name}: ${amount} of ${part.amount} ${part.unit}`);
  const passed = part.steps(amount).every(({ command: [program = "", ...args], env }) => {
    const { status } = spawnSync(program, args, { stdio: "inherit", env: { ...process.env, ...env } });
    return status === 0;
  });
  return {
    outcome: passed ? "passed" : "failed",
    amount,
    of: part.amount,
    unit: part.unit,
    seed: part.seed,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    cores: cpus().length,
    node: process.version,
    command: `npm run test:deep -- ${part.name}`,
  };
}

const share = shareFrom(process.env["BERTH_DEEP_SHARE"]);
const parts = chosenParts(PARTS, process.argv.slice(2));
const failed: string[] = [];
for (const part of parts) {
  const result = run(part, share);
  writeFileSync(TARGET, `${JSON.stringify({ ...known(), [part.name]: result }, null, 2)}\n`);
  if (result.outcome === "failed") failed.push(part.name);
}
console.log(failed.length === 0 ? "every part passed" : `failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

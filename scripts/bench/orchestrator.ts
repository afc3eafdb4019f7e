// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { Cleanup } from "../demonstration/cleanup.ts";
import { measureCatchUp } from "./orchestrator/catch-up.ts";
import { judge, tableOf } from "./orchestrator/ceilings.ts";
import { measureScale } from "./orchestrator/scale.ts";

const TARGET = fileURLToPath(new URL("../../bench/orchestrator.json", import.meta.url));
const LEASES = 1_000;
const EVENTS = 100_000;
const ROUNDS = 5;

/** How a daemon does with very many leases and a very long history. The parts can be measured by themselves, `scale` and `catch-up`; then nothing is written. */
async function measure(only: string | undefined, cleanup: Cleanup): Promise<void> {
  const loadBefore = loadavg();
  const catchUp = only === "scale" ? null : await measureCatchUp(EVENTS, ROUNDS, cleanup, say);
  const scale = only === "catch-up" ? null : await measureScale(LEASES, cleanup, say);
  const figures = { ...scale, ...catchUp };
  const settings = {
    command: "npm run bench:orchestrator",
    cores: cpus().length,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    loadAverageBefore: loadBefore,
    loadAverageAfter: loadavg(),
    leases: LEASES,
    chain: "anvil; blocks only when somebody sends",
    engine: "fake, in a process of its own, over a unix socket",
    logs: "recorded from anvil in a round that does not count, then served from memory with block numbers spread out",
    rounds: ROUNDS,
  };
  if (only === undefined) writeFileSync(TARGET, `${JSON.stringify({ settings, figures }, null, 2)}\n`);
  const judged = judge(figures);
  console.log(tableOf(judged));
  if (judged.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

const startedAt = performance.now();
function say(line: string): void {
  console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
}

const cleanup = new Cleanup();
process.once("SIGINT", () => void cleanup.run().then(() => process.exit(130)));
try {
  await measure(process.argv[2], cleanup);
} finally {
  for (const failure of await cleanup.run()) console.error(failure);
}

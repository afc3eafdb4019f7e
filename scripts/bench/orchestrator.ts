// SPDX-License-Identifier: Apache-2.0
import { Cleanup } from "../demonstration/cleanup.ts";
import { measureCatchUp } from "./orchestrator/catch-up.ts";
import { measureScale } from "./orchestrator/scale.ts";

const [only = "", count = ""] = process.argv.slice(2);
const startedAt = performance.now();
const say = (line: string): void =>
  console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
const cleanup = new Cleanup();
process.once("SIGINT", () => void cleanup.run().then(() => process.exit(130)));
try {
  if (only !== "scale") console.log(await measureCatchUp(Number(count || 100_000), 3, cleanup, say));
  if (only !== "catch-up") console.log(await measureScale(Number(count || 1_000), cleanup, say));
} finally {
  for (const failure of await cleanup.run()) console.error(failure);
}

// SPDX-License-Identifier: Apache-2.0
import { Cleanup } from "../demonstration/cleanup.ts";
import { measureScale } from "./orchestrator/scale.ts";

const leases = Number(process.argv[2] ?? 1000);
const startedAt = performance.now();
const say = (line: string): void =>
  console.error(`${((performance.now() - startedAt) / 1_000).toFixed(0).padStart(5)} s  ${line}`);
const cleanup = new Cleanup();
process.once("SIGINT", () => void cleanup.run().then(() => process.exit(130)));
try {
  console.log(await measureScale(leases, cleanup, say));
} finally {
  for (const failure of await cleanup.run()) console.error(failure);
}

// SPDX-License-Identifier: Apache-2.0
/**
 * Plays a provider's hours from seeds: the real daemon on simulated time, over a fake engine and a real anvil behind unreliable
 * RPCs. Arguments: [--seeds 1-5] [--hours 4] [--log 0], the last being how many lines of the daemon's log to show.
 */
import { parseArgs } from "node:util";
import { CHAIN, deployMarket } from "../test/simulation/market.ts";
import { tellNode } from "../test/simulation/node-rpc.ts";
import { simulate } from "../test/simulation/simulate.ts";
import { startAnvil } from "./lib/chain-node.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1-5" },
    hours: { type: "string", default: "4" },
    log: { type: "string", default: "0" },
  },
});
const [, first = "", last = first] = /^(\d+)(?:-(\d+))?$/.exec(values.seeds) ?? [];
const [hours, lines] = [Number(values.hours), Number(values.log)];
if (first === "" || !(hours > 0) || !Number.isSafeInteger(lines) || lines < 0)
  throw new Error("--seeds is a number or two, as 1-5; --hours is above 0; --log is a whole number");
const node = await startAnvil(CHAIN);
let failed = 0;
try {
  const market = await deployMarket(node.url);
  for (let seed = BigInt(first); seed <= BigInt(last); seed += 1n) {
    const snapshot = await tellNode<string>(node.url, "evm_snapshot");
    const startedAt = performance.now();
    const { violations, happened, log } = await simulate(market, seed, hours);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(`seed ${seed}: ${violations.length} violations, ${seconds} s, ${JSON.stringify(happened)}`);
    for (const violation of violations) console.log(`  ${violation}`);
    if (lines > 0) console.log(log.slice(-lines).join("\n"));
    failed += violations.length > 0 ? 1 : 0;
    await tellNode(node.url, "evm_revert", [snapshot]);
  }
} finally {
  await node.stop();
}
process.exit(failed === 0 ? 0 : 1);

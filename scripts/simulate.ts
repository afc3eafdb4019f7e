// SPDX-License-Identifier: Apache-2.0
/**
 * Plays a provider's hours from seeds: the real daemon on simulated time, over a fake engine and a real anvil behind unreliable
 * RPCs. Arguments: [--seeds 1-5] [--hours 4] [--log 0], the last being how many lines of the daemon's log to show.
 */
import { parseArgs } from "node:util";
import { deployMarket } from "../test/simulation/market.ts";
import { tellNode } from "../test/simulation/node-rpc.ts";
import { simulate } from "../test/simulation/simulate.ts";
import { startAnvil } from "./lib/chain-node.ts";

/** Seconds since 1970. */
const BEGINS_AT = 1_800_000_000;
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1-5" },
    hours: { type: "string", default: "4" },
    log: { type: "string", default: "0" },
  },
});
const [first = 1n, last = first] = values.seeds.split("-").map(BigInt);
const node = await startAnvil({ beginsAt: BEGINS_AT });
let failed = 0;
try {
  const market = await deployMarket(node.url);
  for (let seed = first; seed <= last; seed += 1n) {
    const snapshot = await tellNode<string>(node.url, "evm_snapshot");
    const startedAt = performance.now();
    const { violations, happened, log } = await simulate(market, seed, Number(values.hours));
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    console.log(`seed ${seed}: ${violations.length} violations, ${seconds} s, ${JSON.stringify(happened)}`);
    for (const violation of violations) console.log(`  ${violation}`);
    if (Number(values.log) > 0) console.log(log.slice(-Number(values.log)).join("\n"));
    failed += violations.length > 0 ? 1 : 0;
    await tellNode(node.url, "evm_revert", [snapshot]);
  }
} finally {
  await node.stop();
}
process.exit(failed === 0 ? 0 : 1);

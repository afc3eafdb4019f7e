// SPDX-License-Identifier: Apache-2.0
import { marketCalls } from "@berth/sdk";
import { setTimeout as delay } from "node:timers/promises";
import { type Address, keccak256, numberToHex } from "viem";
import { type MarketWorld, terms } from "../../../orchestrator/src/chain/test/market-world.ts";
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { manifestDocuments } from "./manifests.ts";
import { type BenchMarket, openBenchMarket, openLeases } from "./market.ts";
import { sendUnlocked } from "./send-unlocked.ts";

/** As many leases as one report shows figures of, and one call settles. */
const LEASES = 128;
/** The first settlements find nothing due. */
const SPARE = 16 * LEASES;
const SECONDS_BETWEEN = 2;
const PROGRESS_EVERY = 20_000;

/** A provider's history on a real chain, with at least so many events: reports with their figures, and settlements, in turn. */
export async function makeHistory(
  events: number,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<BenchMarket> {
  const market = await openBenchMarket(LEASES, cleanup);
  const { world } = market;
  const { control, client, operator, provider } = world;
  const calls = marketCalls(world.market);
  const ids = await openLeases(market, manifestDocuments(LEASES));
  await world.send(operator, calls.start(0n, ids));
  await control.increaseTime({ seconds: Number(terms.minPeriod) });
  const first = await client.getTransactionCount({ address: operator.address });
  for (let made = 2 * LEASES, turn = 1n; made < events + SPARE; turn += 1n) {
    await control.increaseTime({ seconds: SECONDS_BETWEEN });
    const before = made;
    if (turn % 2n === 1n) {
      const report = { provider: provider.address, instance: 0n, usageRoot: keccak256(numberToHex(turn)) };
      const entries = ids.map((leaseId) => usage(leaseId, turn));
      await sendUnlocked(world, operator.address, calls.report({ ...report, uri: URI, entries }));
      made += LEASES + 1;
    } else {
      await sendUnlocked(world, operator.address, calls.settle(ids));
      made += LEASES;
    }
    await mined(client, operator.address, first + Number(turn));
    if (Math.floor(made / PROGRESS_EVERY) > Math.floor(before / PROGRESS_EVERY))
      say(`${made} events are made`);
  }
  return market;
}

/** The node answers a transaction before its block is there, and puts two that wait into one block, at one time. */
async function mined(client: MarketWorld["client"], sender: Address, sent: number): Promise<void> {
  while ((await client.getTransactionCount({ address: sender })) < sent) await delay(READ_EVERY_MS);
}

const READ_EVERY_MS = 2;
const URI = "https://provider.example/v1/usage/0x";

function usage(leaseId: bigint, turn: bigint) {
  return {
    leaseId,
    measuredAt: 1_700_000_000n + turn * 300n,
    servedSeconds: turn * 300n,
    cpuMillisSeconds: turn * 75_000n + leaseId,
    memoryMiBSeconds: turn * 19_200n,
    networkRxBytes: turn * 1_234_567n,
    networkTxBytes: turn * 7_654_321n,
  };
}

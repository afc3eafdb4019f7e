// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { http } from "viem";
import { createEventReader } from "../../../../orchestrator/src/chain/event-reader.ts";
import { createMarketChain } from "../../../../orchestrator/src/chain/market-chain.ts";
import { RpcPool } from "../../../../orchestrator/src/chain/rpc/pool.ts";
import { silentLog } from "../../../../orchestrator/src/chain/test/silent-log.ts";
import { systemClock } from "../../../../orchestrator/src/config/system-clock.ts";
import { openJournal } from "../../../../orchestrator/src/store/sqlite-journal.ts";
import { serveRounds, type Task } from "./task.ts";

/** As the daemon does it after its journal was lost: reads all that ever happened to its provider into a journal on the disk. */
serveRounds(async (task) => {
  const folder = mkdtempSync(join(tmpdir(), "berth-bench-"));
  try {
    return await catchUp(task, join(folder, "journal.sqlite"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function catchUp({ url, chainId, market: address, provider }: Task, path: string): Promise<number> {
  const life = new AbortController();
  const { signal } = life;
  const pool = new RpcPool({
    urls: [url],
    chainId,
    address,
    lagBlocks: 2n,
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    life: signal,
    transportOf: (each) => http(each, { timeout: 10_000, retryCount: 0 }),
  });
  const chain = createMarketChain({ reads: pool, provider, heads: { act: 0n, settle: 0n, delete: 0n } });
  let read = 0;
  const events: typeof chain.events = async (...range) => {
    const found = await chain.events(...range);
    read += found.length;
    return found;
  };
  const journal = openJournal(path, { chainId, market: address, provider });
  const options = {
    chain: { ...chain, events },
    journal,
    startBlock: 0n,
    overlapBlocks: 12n,
    log: silentLog,
  };
  const readOn = createEventReader(options);
  await pool.connect(signal);
  const head = await chain.head(signal);
  await readOn(head, signal);
  if (journal.cursor()?.blockHash !== head.hash) throw new Error("not everything was read");
  journal.close();
  life.abort();
  return read;
}

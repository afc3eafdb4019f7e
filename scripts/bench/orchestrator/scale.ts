// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { rounded } from "../median.ts";
import { startCountingProxy, total } from "./counting-proxy.ts";
import { awaitReconciled, planDaemon, startDaemon } from "./daemon.ts";
import { startBenchEngine } from "./engine.ts";
import { sendManifests } from "./gateway.ts";
import { manifestDocuments } from "./manifests.ts";
import { awaitAllActive, openBenchMarket, openLeases } from "./market.ts";
import { processUse } from "./process-use.ts";

const FIRST_START_PATIENCE_MS = 1_200_000;
const RESTART_PATIENCE_MS = 180_000;
/** The idle daemon is left alone for so long before it is measured, and measured for so long. */
const SETTLE_MS = 20_000;
const IDLE_MS = 90_000;

export interface ScaleFigures {
  readonly firstStartSeconds: number;
  readonly restartSeconds: number;
  readonly restartRssMiB: number;
  readonly restartPeakRssMiB: number;
  readonly restartRpcCalls: number;
  readonly restartRpcMethods: Readonly<Record<string, number>>;
  readonly idleCpuPercent: number;
  readonly idleRpcCallsPerMinute: number;
}

/** How a daemon with so many leases starts for the first time, starts again, and idles. */
export async function measureScale(
  leases: number,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<ScaleFigures> {
  const folder = mkdtempSync(join(tmpdir(), "berth-bench-"));
  cleanup.add(async () => rmSync(folder, { recursive: true, force: true }));
  const engine = await startBenchEngine(cleanup);
  const market = await openBenchMarket(leases, cleanup);
  const { world } = market;
  const proxy = await startCountingProxy(world.node.url, cleanup);
  const plan = await planDaemon(world, engine, proxy.url, folder);
  const documents = manifestDocuments(leases);
  say(`opening ${leases} leases`);
  const ids = await openLeases(market, documents);

  const first = startDaemon(plan, cleanup);
  const byLease = new Map(documents.map((document, index) => [ids[index] ?? 0n, document]));
  await sendManifests(world, `http://127.0.0.1:${plan.gatewayPort}`, byLease, (sent) =>
    say(`${sent} manifests are taken`),
  );
  await awaitReconciled(first, plan, leases, FIRST_START_PATIENCE_MS, (running) =>
    say(`${running} workloads run`),
  );
  await awaitAllActive(world, ids, say);
  const firstStartSeconds = (performance.now() - first.startedAt) / 1_000;
  say(`first start: ${firstStartSeconds.toFixed(1)} s`);
  await first.stop();

  const before = await engine.count();
  proxy.calls.clear();
  const again = startDaemon(plan, cleanup);
  const restartSeconds = await awaitReconciled(again, plan, leases, RESTART_PATIENCE_MS);
  const restartRpcMethods = Object.fromEntries(proxy.calls);
  const restartRpcCalls = total(proxy.calls);
  const { rssMiB: restartRssMiB, peakRssMiB: restartPeakRssMiB } = processUse(again.pid);
  const after = await engine.count();
  if (after.running !== leases || after.starts !== before.starts || after.changes !== before.changes)
    throw new Error(`the restart touched workloads: ${JSON.stringify({ before, after })}`);
  say(`restart: ${restartSeconds.toFixed(1)} s, ${restartRssMiB} MiB, ${restartRpcCalls} RPC calls`);
  say(JSON.stringify(restartRpcMethods));

  await delay(SETTLE_MS);
  proxy.calls.clear();
  const { cpuSeconds: from } = processUse(again.pid);
  const measuredFrom = performance.now();
  await delay(IDLE_MS);
  const elapsed = (performance.now() - measuredFrom) / 1_000;
  const idleCpuPercent = ((processUse(again.pid).cpuSeconds - from) / elapsed) * 100;
  const idleRpcCallsPerMinute = (total(proxy.calls) / elapsed) * 60;
  say(`idle: ${idleCpuPercent.toFixed(2)} % of a core`);
  await again.stop();
  return {
    firstStartSeconds: rounded(firstStartSeconds),
    restartSeconds: rounded(restartSeconds),
    restartRssMiB,
    restartPeakRssMiB,
    restartRpcCalls,
    restartRpcMethods,
    idleCpuPercent: rounded(idleCpuPercent),
    idleRpcCallsPerMinute: rounded(idleRpcCallsPerMinute),
  };
}

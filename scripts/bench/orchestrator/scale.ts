// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { rounded } from "../median.ts";
import { type CountingProxy, startCountingProxy, total } from "./counting-proxy.ts";
import { awaitReconciled, type BenchDaemon, type DaemonPlan, planDaemon, startDaemon } from "./daemon.ts";
import { type BenchEngine, startBenchEngine } from "./engine.ts";
import { sendManifests } from "./gateway.ts";
import { manifestDocuments } from "./manifests.ts";
import { awaitAllActive, type BenchMarket, openBenchMarket, openLeases } from "./market.ts";
import { processUse } from "./process-use.ts";

const FIRST_START_PATIENCE_MS = 1_200_000;
const RESTART_PATIENCE_MS = 180_000;
/** The idle daemon is left alone for so long before it is measured, and measured for so long: until each container was inspected anew. */
const SETTLE_MS = 120_000;
const IDLE_MS = 180_000;

export interface ScaleFigures {
  readonly firstStartSeconds: number;
  readonly restartSeconds: number;
  readonly restartRssMiB: number;
  readonly restartPeakRssMiB: number;
  readonly restartRpcCalls: number;
  readonly restartRpcMethods: Readonly<Record<string, number>>;
  readonly idleCpuPercent: number;
  readonly idleRpcCallsPerMinute: number;
  readonly idleEngineRequestsPerMinute: number;
}

/** What a run of it all is made of. */
interface Trial {
  readonly leases: number;
  readonly engine: BenchEngine;
  readonly market: BenchMarket;
  readonly proxy: CountingProxy;
  readonly plan: DaemonPlan;
  readonly cleanup: Cleanup;
  readonly say: (line: string) => void;
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
  const proxy = await startCountingProxy(market.world.node.url, cleanup);
  const plan = await planDaemon(market.world, engine, proxy.url, folder);
  const trial: Trial = { leases, engine, market, proxy, plan, cleanup, say };
  const firstStartSeconds = await startFirst(trial);
  const { daemon, ...restart } = await restartDaemon(trial);
  const idle = await idleAlong(trial, daemon);
  await daemon.stop();
  return { firstStartSeconds, ...restart, ...idle };
}

/** Opens the leases and serves them; answers the seconds until all of them are paid for. */
async function startFirst({ leases, market, plan, cleanup, say }: Trial): Promise<number> {
  const { world } = market;
  const documents = manifestDocuments(leases);
  say(`opening ${leases} leases`);
  const ids = await openLeases(market, documents);
  const daemon = startDaemon(plan, cleanup);
  const byLease = new Map(documents.map((document, index) => [ids[index] ?? 0n, document]));
  await sendManifests(world, `http://127.0.0.1:${plan.gatewayPort}`, byLease, (sent) =>
    say(`${sent} manifests are taken`),
  );
  await awaitReconciled(daemon, plan, leases, FIRST_START_PATIENCE_MS, (running) =>
    say(`${running} workloads run`),
  );
  await awaitAllActive(world, ids, say);
  const seconds = (performance.now() - daemon.startedAt) / 1_000;
  say(`first start: ${seconds.toFixed(1)} s`);
  await daemon.stop();
  return rounded(seconds);
}

/** Starts the daemon again and sees to it that it touches nothing. */
async function restartDaemon({ leases, engine, proxy, plan, cleanup, say }: Trial) {
  const before = await engine.count();
  proxy.calls.clear();
  const daemon = startDaemon(plan, cleanup);
  const seconds = await awaitReconciled(daemon, plan, leases, RESTART_PATIENCE_MS);
  const restartRpcMethods = Object.fromEntries(proxy.calls);
  const restartRpcCalls = total(proxy.calls);
  const { rssMiB: restartRssMiB, peakRssMiB: restartPeakRssMiB } = processUse(daemon.pid);
  const after = await engine.count();
  if (after.running !== leases || after.starts > before.starts || after.disturbances > before.disturbances)
    throw new Error(`the restart touched workloads: ${JSON.stringify({ before, after })}`);
  say(`restart: ${seconds.toFixed(1)} s, ${restartRssMiB} MiB, ${restartRpcCalls} RPC calls`);
  say(JSON.stringify(restartRpcMethods));
  const restartSeconds = rounded(seconds);
  return { daemon, restartSeconds, restartRssMiB, restartPeakRssMiB, restartRpcCalls, restartRpcMethods };
}

async function idleAlong({ engine, proxy, say }: Trial, { pid }: BenchDaemon) {
  await delay(SETTLE_MS);
  proxy.calls.clear();
  const { requests: before } = await engine.count();
  const { cpuSeconds: from } = processUse(pid);
  const measuredFrom = performance.now();
  await delay(IDLE_MS);
  const elapsed = (performance.now() - measuredFrom) / 1_000;
  const cpuPercent = ((processUse(pid).cpuSeconds - from) / elapsed) * 100;
  const requests = since(before, (await engine.count()).requests);
  say(`idle: ${cpuPercent.toFixed(2)} % of a core`);
  say(JSON.stringify(Object.fromEntries(requests)));
  const perMinute = (calls: ReadonlyMap<string, number>): number => rounded((total(calls) / elapsed) * 60);
  return {
    idleCpuPercent: rounded(cpuPercent),
    idleRpcCallsPerMinute: perMinute(proxy.calls),
    idleEngineRequestsPerMinute: perMinute(requests),
  };
}

/** What was asked between two counts. */
function since(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): ReadonlyMap<string, number> {
  const more = Object.entries(after).map(([name, calls]) => [name, calls - (before[name] ?? 0)] as const);
  return new Map(more.filter(([, calls]) => calls > 0));
}

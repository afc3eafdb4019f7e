// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import { accountAt } from "../../../orchestrator/src/chain/test/market-world.ts";
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { localAccounts, privateKeyOf } from "../../demonstration/accounts.ts";
import {
  type OrchestratorOptions,
  type OrchestratorProcess,
  spawnOrchestrator,
} from "../../demonstration/orchestrator.ts";
import { freePort } from "../../lib/free-port.ts";
import type { BenchEngine } from "./engine.ts";
import type { MarketWorld } from "../../../orchestrator/src/chain/test/market-world.ts";

/** How to start the daemon, each time on the same journal. */
export interface DaemonPlan extends OrchestratorOptions {
  readonly metricsPort: number;
}

/** A daemon in a process of its own. */
export interface BenchDaemon extends OrchestratorProcess {
  readonly pid: number;
  readonly startedAt: number;
  readonly stop: () => Promise<void>;
}

/** Room for every lease, whatever the machine is on which this is measured. */
const CAPACITY = {
  BERTH_CAPACITY_CPU_MILLIS: "10000000",
  BERTH_CAPACITY_MEMORY_MIB: "10000000",
  BERTH_CAPACITY_STORAGE_MIB: "10000000",
};
const LOOK_EVERY_MS = 100;
/** Everything that a provider may leave away is left away. */
const DEFAULTS = Object.fromEntries(
  ["REPORT_INTERVAL_SECONDS", "SAMPLE_INTERVAL_SECONDS", "POLL_INTERVAL_MS", "CONFIRMATIONS"].map((name) => [
    `BERTH_${name}`,
    "",
  ]),
);

export async function planDaemon(
  world: MarketWorld,
  engine: BenchEngine,
  rpcUrl: string,
  folder: string,
): Promise<DaemonPlan> {
  const metricsPort = await freePort();
  if (accountAt(2).address !== localAccounts.operator.address) throw new Error("the operator is another");
  return {
    rpcUrl,
    chainId: world.chainId,
    market: world.market,
    provider: world.provider.address,
    operatorKey: privateKeyOf(localAccounts.operator),
    folder,
    gatewayPort: await freePort(),
    metricsPort,
    reportIntervalSeconds: 0,
    pollIntervalMs: 0,
    environment: {
      ...DEFAULTS,
      ...CAPACITY,
      BERTH_DOCKER_SOCKET: engine.socketPath,
      BERTH_METRICS_PORT: String(metricsPort),
    },
  };
}

export function startDaemon(plan: DaemonPlan, cleanup: Cleanup): BenchDaemon {
  const startedAt = performance.now();
  const spawned = spawnOrchestrator(plan);
  const { pid } = spawned.process;
  if (pid === undefined) throw new Error("the daemon could not be started");
  const stop = async (): Promise<void> => {
    spawned.process.kill("SIGTERM");
    await spawned.exited;
  };
  cleanup.add(stop);
  return { ...spawned, pid, startedAt, stop };
}

/**
 * Resolves once the daemon says that it is ready and that so many workloads run as they should, as it has seen itself; answers the
 * seconds since its start.
 */
export async function awaitReconciled(
  daemon: BenchDaemon,
  { metricsPort }: DaemonPlan,
  workloads: number,
  patienceMs: number,
  progress: (running: number) => void = () => undefined,
): Promise<number> {
  const door = `http://127.0.0.1:${metricsPort}`;
  const until = daemon.startedAt + patienceMs;
  for (let told = -1; performance.now() < until;) {
    const running = await runningWorkloads(door);
    if (running === workloads && (await isReady(door))) return (performance.now() - daemon.startedAt) / 1_000;
    if (running - told >= 50) progress((told = running));
    if (daemon.process.exitCode !== null) throw new Error(`the daemon ended:\n${daemon.log()}`);
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`the daemon did not come up in time:\n${daemon.log()}`);
}

async function runningWorkloads(door: string): Promise<number> {
  try {
    const figures = await (await fetch(`${door}/metrics`)).text();
    return Number(/^berth_workloads\{phase="running"\} (\d+)$/m.exec(figures)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

async function isReady(door: string): Promise<boolean> {
  const response = await fetch(`${door}/readyz`);
  await response.arrayBuffer();
  return response.status === 200;
}

// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Address, Hex } from "viem";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
/** Its offer has 64 places, whatever the machine is on which somebody tries it. */
const ROOM_FOR_ALL_PLACES = { BERTH_CAPACITY_CPU_MILLIS: "32000", BERTH_CAPACITY_MEMORY_MIB: "8192" };
const LOG_TAIL = 4_000;

/** What a provider's daemon is started with. */
export interface OrchestratorOptions {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly market: Address;
  readonly provider: Address;
  readonly operatorKey: Hex;
  /** Holds the key, the journal and the log; kept over restarts. */
  readonly folder: string;
  readonly gatewayPort: number;
  readonly reportIntervalSeconds: number;
  readonly pollIntervalMs: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running daemon in a process of its own. */
export interface Orchestrator {
  readonly process: ChildProcess;
  readonly gateway: string;
  /** Asks it to end and waits; the workloads go on. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** The end of its log, for a person who wonders. */
  log(): string;
}

/** The process of a daemon, whether it has come up or not. */
export interface OrchestratorProcess {
  readonly process: ChildProcess;
  readonly exited: Promise<void>;
  /** The end of its log. */
  readonly log: () => string;
}

/** Starts the daemon and resolves once it says that it is ready. */
export async function startOrchestrator(options: OrchestratorOptions): Promise<Orchestrator> {
  const { process: child, exited, log } = spawnOrchestrator(options);
  const gateway = await readyGateway(child, log);
  return {
    process: child,
    gateway,
    log,
    stop: () => end(child, exited),
    kill: () => end(child, exited, true),
  };
}

/** Starts the daemon's process and waits for nothing. */
export function spawnOrchestrator(options: OrchestratorOptions): OrchestratorProcess {
  mkdirSync(options.folder, { recursive: true });
  const keyFile = join(options.folder, "operator.key");
  writeFileSync(keyFile, options.operatorKey, { mode: 0o600 });
  const logFile = join(options.folder, "orchestrator.log");
  const child = spawn(process.execPath, ["--import", "tsx", `${ROOT}orchestrator/src/main.ts`], {
    cwd: ROOT,
    env: { ...process.env, ...environmentOf(options, keyFile), ...options.environment },
    stdio: ["ignore", "pipe", openSync(logFile, "a")],
    detached: true,
  });
  const killed = (): void => void child.kill("SIGKILL");
  process.once("exit", killed);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void exited.then(() => process.removeListener("exit", killed));
  return { process: child, exited, log: () => readFileSync(logFile, "utf8").slice(-LOG_TAIL) };
}

function environmentOf(options: OrchestratorOptions, keyFile: string): Record<string, string> {
  return {
    BERTH_RPC_URL: options.rpcUrl,
    BERTH_CHAIN_ID: String(options.chainId),
    BERTH_MARKET: options.market,
    BERTH_PROVIDER: options.provider,
    BERTH_OPERATOR_KEY_FILE: keyFile,
    BERTH_DATA_DIR: options.folder,
    BERTH_GATEWAY_HOST: "127.0.0.1",
    BERTH_GATEWAY_PORT: String(options.gatewayPort),
    BERTH_PUBLIC_ENDPOINT: `http://127.0.0.1:${options.gatewayPort}`,
    BERTH_PUBLISH_ADDRESS: "127.0.0.1",
    BERTH_LOCAL_IMAGES: "true",
    BERTH_REPORT_INTERVAL_SECONDS: String(options.reportIntervalSeconds),
    BERTH_SAMPLE_INTERVAL_SECONDS: "1",
    BERTH_POLL_INTERVAL_MS: String(options.pollIntervalMs),
    BERTH_CONFIRMATIONS: "0",
    ...ROOM_FOR_ALL_PLACES,
    BERTH_START_BLOCK: "0",
  };
}

async function readyGateway(child: ChildProcess, log: () => string): Promise<string> {
  const timeout = setTimeout(() => void child.kill("SIGKILL"), READY_TIMEOUT_MS);
  try {
    if (child.stdout === null) throw new Error("the orchestrator has no output");
    for await (const line of createInterface({ input: child.stdout })) {
      const message: unknown = JSON.parse(line);
      if (isReady(message)) return message.gateway;
    }
  } finally {
    clearTimeout(timeout);
  }
  throw new Error(`the orchestrator did not come up:\n${log()}`);
}

function isReady(message: unknown): message is { readonly gateway: string } {
  return typeof message === "object" && message !== null && "gateway" in message && "ready" in message;
}

async function end(child: ChildProcess, exited: Promise<void>, atOnce = false): Promise<void> {
  child.kill(atOnce ? "SIGKILL" : "SIGTERM");
  const forced = setTimeout(() => void child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(forced);
}

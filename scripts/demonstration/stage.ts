// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerRuntime } from "../../orchestrator/src/ports/container-runtime.ts";
import { startHardhatNode, type ChainNode } from "../lib/chain-node.ts";
import { freePort } from "../lib/free-port.ts";
import { ensureHelloImage } from "../images/build-hello.ts";
import { localAccounts, privateKeyOf } from "./accounts.ts";
import type { Cleanup } from "./cleanup.ts";
import { removeLeftovers, runtimeOf } from "./leftovers.ts";
import { openLocalMarket, type LocalMarket } from "./market.ts";
import { startOrchestrator, type Orchestrator, type OrchestratorOptions } from "./orchestrator.ts";
import { setUpProvider } from "./provider.ts";

const LAST_SWEEP_MS = 30_000;

/** What is set up before a tenant comes, in this order. */
export const STAGE_PHASES = ["image", "chain", "contracts", "provider", "orchestrator"] as const;

export type StagePhase = (typeof STAGE_PHASES)[number];

/** A whole market on this machine, waiting for a tenant. */
export interface Stage {
  readonly chain: ChainNode;
  readonly local: LocalMarket;
  readonly runtime: ContainerRuntime;
  readonly offerId: bigint;
  /** Holds everything that is written; removed at the end. */
  readonly folder: string;
  readonly daemon: OrchestratorOptions;
  /** The running daemon; a test may stop it and start another. */
  orchestrator: Orchestrator;
}

export interface StageOptions {
  readonly reportIntervalSeconds: number;
  readonly startChain?: () => Promise<ChainNode>;
  /** Wraps each phase, to tell of it. */
  readonly phase: <T>(phase: StagePhase, body: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

/** Sets up chain, contracts, provider and orchestrator; `cleanup` undoes it all, also what a failure leaves half done. */
export async function setUpStage(cleanup: Cleanup, options: StageOptions): Promise<Stage> {
  const { phase, signal, startChain = startHardhatNode } = options;
  const folder = mkdtempSync(join(tmpdir(), "berth-"));
  cleanup.add(async () => rmSync(folder, { recursive: true, force: true }));
  await phase("image", () => ensureHelloImage(signal));
  const chain = await phase("chain", startChain);
  cleanup.add(() => chain.stop());
  signal.throwIfAborted();
  const local = await phase("contracts", () => openLocalMarket(chain));
  const runtime = runtimeOf({ chainId: local.market.chainId, market: local.market.address });
  cleanup.add(() => removeLeftovers(runtime, AbortSignal.timeout(LAST_SWEEP_MS)));
  signal.throwIfAborted();
  const gatewayPort = await freePort();
  const offerId = await phase("provider", () => provide(local, gatewayPort));
  const daemon = daemonOptions(local, join(folder, "provider"), gatewayPort, options.reportIntervalSeconds);
  const orchestrator = await phase("orchestrator", () => startOrchestrator(daemon));
  const stage: Stage = { chain, local, runtime, offerId, folder, daemon, orchestrator };
  cleanup.add(() => stage.orchestrator.stop());
  return stage;
}

function provide({ contracts, client, walletOf }: LocalMarket, gatewayPort: number): Promise<bigint> {
  const operator = localAccounts.operator.address;
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  return setUpProvider(walletOf(localAccounts.provider), client, { contracts, operator, endpoint });
}

function daemonOptions(
  { rpcUrl, market }: LocalMarket,
  folder: string,
  gatewayPort: number,
  reportIntervalSeconds: number,
): OrchestratorOptions {
  return {
    rpcUrl,
    chainId: market.chainId,
    market: market.address,
    provider: localAccounts.provider.address,
    operatorKey: privateKeyOf(localAccounts.operator),
    folder,
    gatewayPort,
    reportIntervalSeconds,
    pollIntervalMs: 200,
  };
}

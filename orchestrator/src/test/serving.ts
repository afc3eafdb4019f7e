// SPDX-License-Identifier: Apache-2.0
import { connectMarket } from "@berth/sdk";
import { createActingGate } from "../chain/acting-gate.ts";
import { followChain } from "../chain/follower.ts";
import { createMarketChain } from "../chain/market-chain.ts";
import { ownerOf } from "../chain/test/daemon.ts";
import { clientOf, type MarketWorld } from "../chain/test/market-world.ts";
import { soleMarket } from "../chain/test/reads.ts";
import { systemClock } from "../config/system-clock.ts";
import { ACCEPT_ALL } from "../domain/acceptance.ts";
import type { ContainerState } from "../domain/observed.ts";
import type { StepAction } from "../domain/step.ts";
import { PullBoard } from "../reconcile/pull-board.ts";
import { createStepRunner, type StepRunner } from "../reconcile/execute.ts";
import { Reconciler } from "../reconcile/loop.ts";
import { isLedgerStep } from "../reconcile/step-kinds.ts";
import { FakeEngine, type FakeContainer } from "../runtime/fake/fake-engine.ts";
import { FakeRuntime } from "../runtime/fake/fake-runtime.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { AMPLE, publishing } from "./daemon.ts";
import { FakeMarket } from "./fake-market.ts";
import { keepingLog } from "./logs.ts";
import { documentOf, keptOf, webCompose } from "./manifests.ts";

/** A follower and a reconciler on a real chain, over an engine in memory; they send nothing to the chain. */
export interface Serving {
  /** Of one service with a volume. */
  readonly manifestHash: `0x${string}`;
  keepManifest(leaseId: bigint): void;
  container(leaseId: bigint): FakeContainer;
  volumes(leaseId: bigint): readonly string[];
  /** Resolves when the lease's container is in this state, and fails when it takes longer than the daemon may. */
  until(leaseId: bigint, state: ContainerState | "gone"): Promise<void>;
  /** Resolves when the newest block was looked at. */
  looked(): Promise<void>;
  /** Steps on the engine since the last time this was asked. */
  changes(): readonly StepAction[];
  stop(): Promise<void>;
}

const COMPOSE = `${webCompose()}    volumes: ["data:/data"]
volumes: { data: {} }
`;
/** Milliseconds within which a replaced chain must have been answered. */
const PATIENCE = 10_000;

/** `final`: blocks until a block is final. */
export async function startServing(world: MarketWorld, final: bigint): Promise<Serving> {
  const { chainId, market: address, provider } = world;
  const ending = new AbortController();
  const { signal } = ending;
  const reads = soleMarket(await connectMarket({ client: clientOf(world.node.url), address, chainId }));
  const heads = { act: 0n, settle: final, delete: final };
  const ungated = createMarketChain({ reads, provider: provider.address, heads });
  const gate = createActingGate(ungated, null);
  const journal = openJournal(":memory:", ownerOf(world));
  const engine = new FakeEngine({ now: () => systemClock.now(), images: ["hello:1"] });
  const runtime = new FakeRuntime({ chainId, market: address }, engine);
  const parts = {
    provider: provider.address,
    acceptance: ACCEPT_ALL,
    journal,
    clock: systemClock,
    log: keepingLog(),
    random: () => 0.5,
  };
  const steps: StepAction[] = [];
  const pulls = new PullBoard(parts);
  const take = createStepRunner({ ...parts, runtime, actions: new FakeMarket(), publishing, pulls });
  const runStep: StepRunner = async (step, halted) => {
    if (isLedgerStep(step)) return;
    await take(step, halted);
    steps.push(step.action);
  };
  const never = {
    resyncInterval: 3_600_000,
    overtaken: new AbortController().signal,
    obstacle: () => null,
    healthGrace: 60_000,
    hostRefusal: () => null,
  };
  const hardware = { capacity: () => AMPLE };
  const reconciler = new Reconciler({ ...parts, ...never, hardware, chain: gate.chain, runtime, runStep });
  const following = {
    ...parts,
    chain: ungated,
    gate,
    startBlock: 0n,
    overlapBlocks: 4n,
    pollIntervalMs: 20,
    linkedBlocks: 32,
    knowsFinality: false,
    onEvent: () => reconciler.wake(),
    onFailure: () => undefined,
  };
  const running = [followChain(following, signal), reconciler.run(signal)];
  const kept = keptOf(documentOf(COMPOSE));
  const looksNow = () => reconciler.looks().seen;
  return {
    manifestHash: kept.manifestHash,
    keepManifest(leaseId) {
      journal.keepManifest(leaseId, kept);
      reconciler.wake();
    },
    container: (leaseId) => runtime.container(leaseId, "web"),
    volumes: (leaseId) =>
      [...engine.volumes.values()].filter((each) => each.leaseId === leaseId).map(({ volume }) => volume),
    async until(leaseId, state) {
      const stateNow = (): string =>
        [...engine.containers.values()].find((each) => each.leaseId === leaseId)?.state ?? "gone";
      const isThere = (): boolean =>
        stateNow() === state && (state !== "gone" || reconciler.view(leaseId) === null);
      for (const since = systemClock.now(); !isThere(); await systemClock.sleep(5, signal))
        if (systemClock.now() - since > PATIENCE) throw new Error(`it is ${stateNow()}, not ${state}`);
    },
    async looked() {
      const newest = await world.client.getBlockNumber({ cacheTime: 0 });
      while ((journal.cursor()?.blockNumber ?? 0n) < newest) await systemClock.sleep(5, signal);
      for (const before = looksNow(); looksNow() < before + 2; await systemClock.sleep(5, signal))
        reconciler.wake();
    },
    changes: () => steps.splice(0),
    async stop() {
      ending.abort(new Error("over"));
      await Promise.all(running);
      journal.close();
    },
  };
}

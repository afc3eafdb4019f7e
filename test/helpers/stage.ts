// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from "node:timers/promises";
import type { Context } from "mocha";
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";
import { Cleanup } from "../../scripts/demonstration/cleanup.ts";
import { setUpStage, type Stage } from "../../scripts/demonstration/stage.ts";
import { startChainNode } from "../../scripts/lib/chain-node.ts";

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** A market on this machine for one test file, and the way to take it down. */
export interface StandingStage {
  readonly stage: Stage;
  readonly takeDown: () => Promise<void>;
}

/** Sets a stage up on a real chain and the real engine; skips the suite where no engine answers and none is required. */
export async function standStage(context: Context): Promise<StandingStage> {
  await requireEngine(context);
  const cleanup = new Cleanup();
  const takeDown = async (): Promise<void> => {
    const failures = await cleanup.run();
    if (failures.length > 0) throw new AggregateError(failures, "the stage could not be taken down");
  };
  try {
    const stage = await setUpStage(cleanup, {
      reportIntervalSeconds: 2,
      startChain: startChainNode,
      phase: (_name, body) => body(),
      signal: new AbortController().signal,
    });
    return { stage, takeDown };
  } catch (error) {
    await takeDown();
    throw error;
  }
}

/** Looks until it is so; fails with the words where it never is. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`it was never so: ${what}`);
}

/** Skips where no engine answers; fails there when one is required. */
export async function requireEngine(context: Context): Promise<void> {
  try {
    await connectEngine({}).docker.ping();
  } catch (error) {
    if (process.env["BERTH_REQUIRE_DOCKER"] === "1") throw error;
    context.skip();
  }
}

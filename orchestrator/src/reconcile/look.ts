// SPDX-License-Identifier: Apache-2.0
import type { LeaseKnowledge } from "../domain/desired.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Intent, Journal } from "../ports/journal.ts";
import type { ChainBlock, MarketChain } from "../ports/market-chain.ts";
import type { Reachability } from "./reachability.ts";

export interface WorldParts {
  readonly chain: MarketChain;
  readonly runtime: ContainerRuntime;
  readonly journal: Journal;
  readonly reachability: Reachability;
}

/** One look at everything: all leases at one block, all workloads at one moment. */
export interface World {
  readonly block: ChainBlock;
  readonly knowledge: readonly LeaseKnowledge[];
  readonly workloads: ReadonlyMap<LeaseId, ObservedWorkload>;
  /** Hash of what each noted lease should run. */
  readonly manifestHashes: ReadonlyMap<LeaseId, `0x${string}`>;
  /** What was begun and not settled. */
  readonly intents: readonly Intent[];
}

/**
 * Looks at every lease that was noted or has a workload. Null when chain or engine did not answer: not having been able to look
 * is no fact about any lease.
 */
export async function lookAtWorld(parts: WorldParts, signal: AbortSignal): Promise<World | null> {
  const { chain, runtime, journal } = parts;
  const found = await asked(parts, "engine", signal, () => runtime.observe(signal));
  if (found === null) return null;
  const notes = journal.leaseNotes();
  const ids = new Set([...notes, ...found].map(({ leaseId }) => leaseId));
  const told = await asked(parts, "chain", signal, async () => {
    const block = await chain.head(signal);
    return { block, knowledge: await know(chain, [...ids], block, signal) };
  });
  if (told === null) return null;
  return {
    ...told,
    workloads: new Map(found.map((workload) => [workload.leaseId, workload])),
    manifestHashes: new Map(notes.map(({ leaseId, manifestHash }) => [leaseId, manifestHash])),
    intents: journal.openIntents(),
  };
}

async function asked<Answer>(
  { reachability }: WorldParts,
  dependency: "chain" | "engine",
  signal: AbortSignal,
  ask: () => Promise<Answer>,
): Promise<Answer | null> {
  try {
    const answer = await ask();
    reachability.answered(dependency);
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    reachability.failed(dependency, error);
    return null;
  }
}

async function know(
  chain: MarketChain,
  ids: readonly LeaseId[],
  block: ChainBlock,
  signal: AbortSignal,
): Promise<readonly LeaseKnowledge[]> {
  if (ids.length === 0) return [];
  const leases = await chain.leases(ids, block, signal);
  return ids.map((leaseId): LeaseKnowledge => {
    const lease = leases.get(leaseId);
    if (lease === undefined)
      return { kind: "unknown", leaseId, why: "the chain's answer does not tell of it" };
    return lease.status === "none" ? { kind: "absent", leaseId } : { kind: "known", leaseId, lease };
  });
}

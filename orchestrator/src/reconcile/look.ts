// SPDX-License-Identifier: Apache-2.0
import { type LeaseStatus, type LeaseSummary, RetryableError } from "@berth/sdk";
import { type AcceptanceRules, refusedLeases } from "../domain/acceptance.ts";
import type { LeaseKnowledge, LeaseRefusal } from "../domain/desired.ts";
import type { Failure } from "../domain/failure.ts";
import { holderOf } from "../domain/holder.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Hardware } from "../ports/hardware.ts";
import type { Intent, Journal } from "../ports/journal.ts";
import type { ChainBlock, MarketChain } from "../ports/market-chain.ts";
import { placeLeases } from "./placing.ts";
import { refusedByHost, type HostRefusing } from "./host-refusals.ts";
import { adoptPorts } from "./port-book.ts";
import type { Dependency, Reachability } from "./reachability.ts";

export interface WorldParts extends Pick<HostRefusing, "hostRefusal"> {
  readonly provider: `0x${string}`;
  readonly acceptance: AcceptanceRules;
  readonly chain: MarketChain;
  readonly runtime: ContainerRuntime;
  readonly journal: Journal;
  readonly clock: Pick<Clock, "monotonic">;
  readonly reachability: Reachability;
  readonly hardware: Hardware;
}

/** One look at everything: all leases at one block, all workloads at one moment. */
export interface World {
  /** When the look began, by the monotonic clock. */
  readonly begunAt: number;
  readonly block: ChainBlock;
  readonly knowledge: readonly LeaseKnowledge[];
  /** Pending leases that the provider's rules do not take, or that his machine has no room for. */
  readonly refused: ReadonlyMap<LeaseId, LeaseRefusal>;
  /** Pending leases that wait for something to be known of the machine, or mended. */
  readonly waiting: ReadonlyMap<LeaseId, Failure>;
  /** Leases as a deeper block shows them, those alone that may have to be closed: empty where that cannot be read. */
  readonly settled: ReadonlyMap<LeaseId, LeaseSummary>;
  /** The newest block that nothing takes back, where a lease is closed or absent; null where that cannot be read. */
  readonly final: ChainBlock | null;
  readonly workloads: ReadonlyMap<LeaseId, ObservedWorkload>;
  /** Leases under whose number another holder's workload is found. */
  readonly anothers: ReadonlySet<LeaseId>;
  /** Hash of what each noted lease should run. */
  readonly manifestHashes: ReadonlyMap<LeaseId, `0x${string}`>;
  /** What was begun and not settled. */
  readonly intents: readonly Intent[];
}

type Seen = Pick<World, "block" | "knowledge">;

const NOTHING: ReadonlyMap<LeaseId, LeaseSummary> = new Map();
/** Statuses from which the daemon closes a lease. */
const CLOSABLE: readonly LeaseStatus[] = ["pending", "depleted"];

/**
 * Looks at every lease that was noted or has a workload. Null when chain or engine did not answer: not having been able to look
 * is no fact about any lease.
 */
export async function lookAtWorld(parts: WorldParts, signal: AbortSignal): Promise<World | null> {
  const { chain, runtime, journal, clock } = parts;
  const begunAt = clock.monotonic();
  const found = await asked(parts, "engine", signal, () => runtime.observe(signal));
  if (found === null) return null;
  const notes = journal.leaseNotes();
  const ids = new Set([...notes, ...found].map(({ leaseId }) => leaseId));
  const seen = await asked(parts, "chain", signal, async () => {
    const block = await chain.head(signal);
    const knowledge = await know(chain, [...ids], block, signal);
    return { block, knowledge, unfit: await refusedByHost(parts, knowledge, signal) };
  });
  if (seen === null) return null;
  const { unfit, ...shown } = seen;
  const anothers = findAnothers(journal, seen.knowledge, found);
  const turnedAway = new Map([...unfit, ...refusedLeases(parts.acceptance, parts.provider, seen.knowledge)]);
  const placing = await asked(parts, "chain", signal, () =>
    placeLeases(parts, seen.knowledge, found, turnedAway, signal),
  );
  if (placing === null) return null;
  const manifestHashes = new Map(notes.map(({ leaseId, manifestHash }) => [leaseId, manifestHash]));
  adoptPorts(journal, found, manifestHashes);
  return {
    begunAt,
    ...shown,
    anothers,
    ...placing,
    settled: (await asked(parts, "settled blocks", signal, () => lookDeeper(chain, seen, signal))) ?? NOTHING,
    final: await asked(parts, "final blocks", signal, () => lookForFinality(chain, seen, anothers, signal)),
    workloads: new Map(found.map((workload) => [workload.leaseId, workload])),
    manifestHashes,
    intents: journal.openIntents(),
  };
}

async function lookDeeper(
  chain: MarketChain,
  { block, knowledge }: Seen,
  signal: AbortSignal,
): Promise<ReadonlyMap<LeaseId, LeaseSummary>> {
  const closable = new Map(
    knowledge.flatMap((known) =>
      known.kind === "known" && CLOSABLE.includes(known.lease.status) ? [[known.leaseId, known.lease]] : [],
    ),
  );
  if (closable.size === 0) return NOTHING;
  const deeper = await chain.head(signal, "settle");
  return deeper.hash === block.hash ? closable : chain.leases([...closable.keys()], deeper, signal);
}

/** What deletes data is not decided on the word of one endpoint where another can be asked. */
async function lookForFinality(
  chain: MarketChain,
  { block, knowledge }: Seen,
  anothers: ReadonlySet<LeaseId>,
  signal: AbortSignal,
): Promise<ChainBlock | null> {
  const ended = new Map(
    knowledge.flatMap((known) => {
      const hasEnded =
        known.kind === "absent" ||
        (known.kind === "known" && (known.lease.status === "closed" || anothers.has(known.leaseId)));
      return hasEnded ? [[known.leaseId, endOf(known.kind === "known" ? known.lease : undefined)]] : [];
    }),
  );
  if (ended.size === 0) return null;
  const final = await chain.head(signal, "delete");
  const others = await chain.leases([...ended.keys()], block, signal, 1);
  for (const [leaseId, end] of ended) {
    if (endOf(others.get(leaseId)) !== end) throw endDisputed(leaseId);
  }
  return final;
}

/** What two endpoints must tell alike of a lease before anything of it is deleted. */
function endOf(lease: LeaseSummary | undefined): string {
  return lease === undefined || lease.status === "none" ? "none" : `${lease.status} ${holderOf(lease)}`;
}

/** What was begun for another holder than the one whom the chain shows now. */
function findAnothers(
  journal: Pick<Journal, "holder">,
  knowledge: readonly LeaseKnowledge[],
  found: readonly ObservedWorkload[],
): ReadonlySet<LeaseId> {
  const present = new Set(found.map(({ leaseId }) => leaseId));
  const anothers = knowledge.flatMap((known) => {
    if (known.kind !== "known" || !present.has(known.leaseId)) return [];
    const holder = journal.holder(known.leaseId);
    return holder === null || holder === holderOf(known.lease) ? [] : [known.leaseId];
  });
  return new Set(anothers);
}

function endDisputed(leaseId: LeaseId): RetryableError {
  return new RetryableError(
    "E_RPCS_DISAGREE",
    `Two RPCs tell differently whether lease ${leaseId} has ended.`,
    {
      atRisk: "nothing: no data is deleted while they disagree",
      next: "One of them lies or is on another fork: if this goes on, take it out of BERTH_RPC_URLS.",
      facts: { leaseId: String(leaseId) },
    },
  );
}

async function asked<Answer>(
  { reachability }: WorldParts,
  dependency: Dependency,
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

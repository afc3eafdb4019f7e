// SPDX-License-Identifier: Apache-2.0
import { CAPACITY_UNKNOWN, overCapacity, type Claim } from "../domain/capacity.ts";
import type { LeaseKnowledge, LeaseRefusal } from "../domain/desired.ts";
import type { Failure } from "../domain/failure.ts";
import { GPU_LOST, gpusFor, gpuTrouble } from "../domain/gpus.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import type { Hardware } from "../ports/hardware.ts";
import type { Journal } from "../ports/journal.ts";
import type { MarketChain } from "../ports/market-chain.ts";

export interface PlacingParts {
  readonly provider: `0x${string}`;
  readonly chain: Pick<MarketChain, "offerResources">;
  readonly journal: Pick<Journal, "gpus" | "gpuHolders" | "holdGpus">;
  readonly hardware: Hardware;
}

/** What the machine's room means for leases that wait to be begun. */
export interface Placing {
  /** Those that are not taken, for whatever reason. */
  readonly refused: ReadonlyMap<LeaseId, LeaseRefusal>;
  /** Those that wait until something is known or mended, with why; one that was begun, where its GPUs are not all there to be given. */
  readonly waiting: ReadonlyMap<LeaseId, Failure>;
}

/**
 * Finds room for the leases that wait, and gives each lease with GPUs those that it has alone: a lease keeps them from before its first
 * container until it is forgotten. What is not known makes leases wait; only what is known to be full turns one away.
 */
export async function placeLeases(
  { provider, chain, journal, hardware }: PlacingParts,
  knowledge: readonly LeaseKnowledge[],
  found: readonly ObservedWorkload[],
  turnedAway: ReadonlyMap<LeaseId, LeaseRefusal>,
  signal: AbortSignal,
): Promise<Placing> {
  const claims = await claimsOf(provider, chain, knowledge, found, turnedAway, signal);
  const capacity = hardware.capacity();
  const isNew = ({ isBegun }: Claim): boolean => !isBegun;
  if (capacity === null) {
    return { refused: turnedAway, waiting: waitFor(claims.filter(isNew), CAPACITY_UNKNOWN) };
  }
  const isDamaged = found.some(({ containers }) => gpuTrouble(containers, capacity) !== null);
  const withGpus = claims.filter(({ resources }) => resources.gpuCount > 0);
  const waiting = waitFor(isDamaged ? withGpus.filter(isNew) : [], GPU_LOST);
  const judged = claims.filter(({ leaseId }) => !waiting.has(leaseId));
  const refused = new Map([...turnedAway, ...overCapacity(capacity, judged)]);
  const served = withGpus.filter(({ leaseId }) => !waiting.has(leaseId) && !refused.has(leaseId));
  const without = served.filter((claim) => !hasGpus(journal, claim, found, capacity));
  return { refused, waiting: new Map([...waiting, ...waitFor(without, GPU_LOST)]) };
}

async function claimsOf(
  provider: string,
  chain: PlacingParts["chain"],
  knowledge: readonly LeaseKnowledge[],
  found: readonly ObservedWorkload[],
  turnedAway: ReadonlyMap<LeaseId, unknown>,
  signal: AbortSignal,
): Promise<readonly Claim[]> {
  const present = new Set(found.map(({ leaseId }) => leaseId));
  const claims = knowledge.map(async (known): Promise<readonly Claim[]> => {
    if (known.kind !== "known" || turnedAway.has(known.leaseId)) return [];
    const { leaseId, lease } = known;
    const isOurs = lease.provider.toLowerCase() === provider.toLowerCase();
    if (!isOurs || lease.status === "closed" || lease.status === "none") return [];
    const resources = await chain.offerResources(lease.offerId, signal);
    return [{ leaseId, isBegun: lease.status !== "pending" || present.has(leaseId), resources }];
  });
  const all = (await Promise.all(claims)).flat();
  return [...all].sort((one, other) => Number(other.isBegun) - Number(one.isBegun));
}

/** Gives a lease its GPUs; false where not all of them can be given. */
function hasGpus(
  journal: PlacingParts["journal"],
  { leaseId, resources }: Claim,
  found: readonly ObservedWorkload[],
  capacity: NonNullable<ReturnType<Hardware["capacity"]>>,
): boolean {
  const held = journal.gpus(leaseId);
  const carried = carriedBy(found, leaseId);
  if (held.length >= resources.gpuCount && carried.every((uuid) => held.some((gpu) => gpu.uuid === uuid)))
    return true;
  const wanted = { count: resources.gpuCount, model: resources.gpuModel };
  const elsewhere = found.flatMap((workload) =>
    workload.leaseId === leaseId
      ? []
      : carriedBy([workload], workload.leaseId).map((uuid) => [uuid, workload.leaseId] as const),
  );
  const holders = new Map([...elsewhere, ...journal.gpuHolders()]);
  const given = gpusFor(leaseId, wanted, held, carried, capacity, holders);
  if (given.length > held.length) journal.holdGpus(leaseId, given);
  return given.length >= resources.gpuCount;
}

function carriedBy(found: readonly ObservedWorkload[], leaseId: LeaseId): readonly string[] {
  const containers = found.find((workload) => workload.leaseId === leaseId)?.containers ?? [];
  return containers.flatMap(({ gpus }) => gpus ?? []);
}

function waitFor(claims: readonly Claim[], why: Failure): ReadonlyMap<LeaseId, Failure> {
  return new Map(claims.map(({ leaseId }) => [leaseId, why]));
}

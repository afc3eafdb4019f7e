// SPDX-License-Identifier: Apache-2.0
import { BerthError, parseManifestDocument } from "@berth/sdk";
import type { LeaseFault, LeaseKnowledge } from "../domain/desired.ts";
import type { HeldGpu } from "../domain/gpus.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { WorkloadSpec } from "../domain/workload.ts";
import type { Journal } from "../ports/journal.ts";
import type { MarketChain } from "../ports/market-chain.ts";
import { faultOfManifest } from "./faults.ts";
import { workloadOf } from "./workload.ts";

/** What became of a kept manifest: both null while there is none. */
export interface MadeWorkload {
  readonly workload: WorkloadSpec | null;
  readonly fault: LeaseFault | null;
}

interface Shelved extends MadeWorkload {
  readonly manifestHash: `0x${string}`;
  readonly offerId: bigint;
  readonly gpus: readonly HeldGpu[];
}

const NOTHING: MadeWorkload = { workload: null, fault: null };
const SERVED: readonly string[] = ["pending", "active", "paused", "lapsed"];

/** Workloads made of kept manifests, each made once, and again when its lease gets GPUs. */
export class WorkloadShelf {
  readonly #journal: Journal;
  readonly #chain: MarketChain;
  readonly #shelved = new Map<LeaseId, Shelved>();

  constructor(journal: Journal, chain: MarketChain) {
    this.#journal = journal;
    this.#chain = chain;
  }

  /**
   * The workload of a lease that is to be served, made of the kept manifest with this hash; a fault when that manifest cannot
   * be made into one. RetryableError when the chain does not tell what the offer holds.
   */
  async workload(
    known: LeaseKnowledge,
    manifestHash: `0x${string}` | undefined,
    signal: AbortSignal,
  ): Promise<MadeWorkload> {
    if (known.kind !== "known" || manifestHash === undefined) return NOTHING;
    const { leaseId, lease } = known;
    if (!SERVED.includes(lease.status)) return NOTHING;
    const { offerId } = lease;
    const shelved = this.#shelved.get(leaseId);
    const gpus = this.#journal.gpus(leaseId);
    if (isMadeOf(shelved, { manifestHash, offerId, gpus })) return shelved;
    const kept = this.#journal.manifest(leaseId);
    if (kept?.manifestHash !== manifestHash) return NOTHING;
    const resources = await this.#chain.offerResources(offerId, signal);
    const made = await faultOr(leaseId, manifestHash, async () => {
      const { tier } = await this.#chain.offerMetadata(offerId, signal);
      const document = parseManifestDocument(kept.text);
      return workloadOf(leaseId, manifestHash, document, { ...resources, tier }, gpus);
    });
    this.#shelved.set(leaseId, { ...made, manifestHash, offerId, gpus });
    return made;
  }

  forget(leaseId: LeaseId): void {
    this.#shelved.delete(leaseId);
  }
}

function isMadeOf(
  shelved: Shelved | undefined,
  { manifestHash, offerId, gpus }: Omit<Shelved, keyof MadeWorkload>,
): shelved is Shelved {
  const isSame = shelved?.manifestHash === manifestHash && shelved.offerId === offerId;
  return isSame && shelved.gpus.length === gpus.length;
}

async function faultOr(
  leaseId: LeaseId,
  manifestHash: `0x${string}`,
  make: () => Promise<WorkloadSpec>,
): Promise<MadeWorkload> {
  try {
    return { workload: await make(), fault: null };
  } catch (error) {
    if (!(error instanceof BerthError) || error.retryable) throw error;
    return { workload: null, fault: faultOfManifest(leaseId, manifestHash, error) };
  }
}

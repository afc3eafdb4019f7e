// SPDX-License-Identifier: Apache-2.0
import { BerthError, type IsolationTier } from "@berth/sdk";
import type { LeaseKnowledge, LeaseRefusal } from "../domain/desired.ts";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { MarketChain } from "../ports/market-chain.ts";

export interface HostRefusing {
  readonly provider: `0x${string}`;
  readonly chain: Pick<MarketChain, "offerMetadata">;
  /** Why this machine does not take a lease of an offer that claims the tier; null where it does, or where nobody knows yet. */
  readonly hostRefusal: (leaseId: LeaseId, tier: IsolationTier) => LeaseRefusal | null;
}

/**
 * The pending leases that this machine cannot serve as their offers claim. One that was started was taken, and is not looked at; where an
 * offer cannot be read just now, nothing is refused, and nothing begun either.
 */
export async function refusedByHost(
  { provider, chain, hostRefusal }: HostRefusing,
  knowledge: readonly LeaseKnowledge[],
  signal: AbortSignal,
): Promise<ReadonlyMap<LeaseId, LeaseRefusal>> {
  const refused = new Map<LeaseId, LeaseRefusal>();
  for (const known of knowledge) {
    if (known.kind !== "known" || known.lease.status !== "pending") continue;
    if (known.lease.provider.toLowerCase() !== provider.toLowerCase()) continue;
    const { leaseId, lease } = known;
    const refusal = await refusalOf(leaseId, () => chain.offerMetadata(lease.offerId, signal), hostRefusal);
    signal.throwIfAborted();
    if (refusal !== null) refused.set(leaseId, refusal);
  }
  return refused;
}

async function refusalOf(
  leaseId: LeaseId,
  read: () => ReturnType<MarketChain["offerMetadata"]>,
  hostRefusal: HostRefusing["hostRefusal"],
): Promise<LeaseRefusal | null> {
  try {
    return hostRefusal(leaseId, (await read()).tier);
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== "E_OFFER_METADATA") return null;
    return { leaseId, ...failureOf(error), cause: "hardware" };
  }
}

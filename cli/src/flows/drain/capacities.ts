// SPDX-License-Identifier: Apache-2.0
import { capacitiesSet } from "../history.ts";
import type { OfferCapacity } from "../own-offer.ts";
import type { ProviderOverview } from "../provider-overview.ts";
import type { SigningSession } from "../session.ts";

/**
 * The offers under which a lease can still be opened, or could be once another has ended. That is why a drain sets 0, and not the number
 * of leases that are open: each that ends would make room for a new one.
 */
export function offersTaking({ offers }: ProviderOverview): readonly OfferCapacity[] {
  return offers.filter(({ closed, capacity }) => !closed && capacity > 0n);
}

/** The offers that take no leases, each with what its capacity was before, as the log tells; those that never had any are left out. */
export async function capacitiesBefore(
  session: SigningSession,
  { provider, offers }: ProviderOverview,
  signal: AbortSignal,
): Promise<readonly OfferCapacity[]> {
  const set = await capacitiesSet(session, provider, signal);
  return offers.flatMap(({ offerId, closed, capacity }) => {
    const last = set.findLast(({ args }) => args.offerId === offerId && args.capacity > 0n);
    return closed || capacity > 0n || last === undefined ? [] : [{ offerId, capacity: last.args.capacity }];
  });
}

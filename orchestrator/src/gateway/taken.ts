// SPDX-License-Identifier: Apache-2.0
import { refusedLeases } from "../domain/acceptance.ts";
import type { LeaseKnowledge } from "../domain/desired.ts";
import type { Admitted } from "./authenticate.ts";
import type { GatewayParts } from "./parts.ts";
import { leaseNotTaken } from "./refusals.ts";

/** Throws the refusal where the provider's rules do not take the lease: its tenant learns it at once, and nothing of his is kept. */
export async function requireTaken(
  { acceptance, provider, chain, journal }: GatewayParts,
  { leaseId, lease }: Admitted,
  signal: AbortSignal,
): Promise<void> {
  const noted = acceptance.leasesPerTenant === null ? [] : journal.leaseNotes();
  const ids = noted.map((note) => note.leaseId).filter((id) => id !== leaseId);
  const others = ids.length === 0 ? [] : [...(await chain.leases(ids, await chain.head(signal), signal))];
  const knowledge = [...others, [leaseId, lease] as const].map(([id, each]): LeaseKnowledge => ({
    kind: "known",
    leaseId: id,
    lease: each,
  }));
  const refusal = refusedLeases(acceptance, provider, knowledge).get(leaseId);
  if (refusal !== undefined) throw leaseNotTaken(refusal);
}

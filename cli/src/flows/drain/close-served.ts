// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary, MarketEventOf, SentCall } from "@berth/sdk";
import { BerthError, marketCalls, sendCall, UserError } from "@berth/sdk";
import type { SigningSession } from "../session.ts";

/** As many closes as fit into a transaction with room to spare; the contract takes 128. */
const CLOSES_PER_CALL = 32;
const MOST_ATTEMPTS = 3;
/** Refusals that say no more than that the state changed after it was read: a lease ended, or a daemon claimed the instance. */
const CHANGED_MEANWHILE: readonly string[] = ["E_LEASE_STATUS_UNEXPECTED", "E_PROVIDER_INSTANCE_STALE"];

/**
 * Ends leases as their provider, who empties the machine: each tenant's rest goes to his free balance. What is closed already is left
 * alone. The state is read again before each transaction. Throws UserError E_PROVIDER_LAPSED before collateral would be forfeited, and
 * what `sendCall` throws.
 */
export async function closeServed(
  session: SigningSession,
  leaseIds: readonly bigint[],
  onClosed: (closed: MarketEventOf<"LeaseClosed">["args"]) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < leaseIds.length; from += CLOSES_PER_CALL) {
    const sent = await closeSome(session, leaseIds.slice(from, from + CLOSES_PER_CALL), signal);
    for (const event of sent?.events ?? []) if (event.name === "LeaseClosed") onClosed(event.args);
  }
}

async function closeSome(
  session: SigningSession,
  leaseIds: readonly bigint[],
  signal: AbortSignal,
): Promise<SentCall | null> {
  const { market, wallet } = session;
  for (let attempt = 1; ; attempt += 1) {
    const open = await stillOpen(session, leaseIds, signal);
    if (open.length === 0) return null;
    const { instance } = await market.providerOf(wallet.account.address, { signal });
    const call = marketCalls(market.address).closeByProvider(instance, open, "drain");
    try {
      return await sendCall(wallet, market.client, call, { signal });
    } catch (error) {
      const changed = error instanceof BerthError && CHANGED_MEANWHILE.includes(error.code);
      if (!changed || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

async function stillOpen(
  { market }: SigningSession,
  leaseIds: readonly bigint[],
  signal: AbortSignal,
): Promise<readonly bigint[]> {
  const summaries = await market.leaseSummaries(leaseIds, { signal });
  requireNoLapse(leaseIds.map((leaseId, index) => ({ leaseId, status: summaries[index]?.status })));
  return leaseIds.filter((_, index) => {
    const status = summaries[index]?.status;
    return status !== undefined && status !== "closed" && status !== "none";
  });
}

/** Throws UserError E_PROVIDER_LAPSED where the provider's close would give collateral away; a report ends the lapse. */
export function requireNoLapse(
  leases: readonly { readonly leaseId: bigint; readonly status: LeaseSummary["status"] | undefined }[],
): void {
  const lapsed = leases.filter(({ status }) => status === "lapsed").map(({ leaseId }) => leaseId);
  if (lapsed.length === 0) return;
  throw new UserError(
    "E_PROVIDER_LAPSED",
    `You have lapsed: closing lease ${lapsed.join(", ")} now would give the collateral to the tenant.`,
    {
      atRisk: "that collateral: as long as no report comes, each tenant can take it by closing his lease",
      next: "Run the daemon (`berth provider run`): its first report ends the lapse. Then drain again.",
      facts: { leaseIds: lapsed.join(",") },
    },
  );
}

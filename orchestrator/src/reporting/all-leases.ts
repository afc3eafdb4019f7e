// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import type { Journal } from "../ports/journal.ts";
import type { MarketChain } from "../ports/market-chain.ts";

/**
 * Throws RetryableError E_LEASES_UNREAD until every event of the provider has been read: a lease that the journal does not know yet,
 * as after it was lost, cannot be paused, and a report would have its tenant pay for what may not run.
 */
export async function requireAllLeases(
  {
    chain,
    journal,
  }: { readonly chain: Pick<MarketChain, "head" | "provider">; readonly journal: Pick<Journal, "cursor"> },
  signal: AbortSignal,
): Promise<void> {
  const { sequence } = await chain.provider(await chain.head(signal), signal);
  const read = journal.cursor()?.sequence ?? 0n;
  if (read >= sequence) return;
  throw new RetryableError(
    "E_LEASES_UNREAD",
    `Of ${sequence} events of the provider, ${read} have been read.`,
    {
      atRisk: "nothing yet: the first report waits until every lease is known",
      next: "Nothing, if the log says that the chain is being followed; otherwise use a complete RPC.",
    },
  );
}

// SPDX-License-Identifier: Apache-2.0
import type { MarketEvent } from "@berth/sdk";
import { InvariantError, marketCalls, sendCall } from "@berth/sdk";
import type { Hash } from "viem";
import type { Ending } from "./endings.ts";
import { endingOf } from "./endings.ts";
import type { SigningSession } from "./session.ts";

/** A lease that was closed. Amounts in base units. */
export interface ClosedLease extends Ending {
  /** What the close itself billed. */
  readonly due: bigint;
  /** Collateral that came to the tenant, because the provider had lapsed. */
  readonly forfeited: bigint;
  readonly transactionHash: Hash;
}

/** Ends a lease; what is left of its balance goes to the tenant's free balance. Throws what `sendCall` throws. */
export async function closeLease(
  { market, wallet }: SigningSession,
  leaseId: bigint,
  signal: AbortSignal,
): Promise<ClosedLease> {
  const call = marketCalls(market.address).close(leaseId);
  const { events, hash } = await sendCall(wallet, market.client, call, { signal });
  const ending = endingOf(events);
  const closed = events.find((event) => event.name === "LeaseClosed");
  if (ending === null || closed === undefined) {
    throw new InvariantError("E_LEASE_NOT_CLOSED", `Transaction ${hash} succeeded and closed nothing.`, {
      atRisk: "the lease may still be open",
      next: `Look with \`berth status ${leaseId}\`, and report this as a defect.`,
      facts: { hash },
    });
  }
  return { ...ending, due: closed.args.due, forfeited: forfeitedIn(events), transactionHash: hash };
}

function forfeitedIn(events: readonly MarketEvent[]): bigint {
  const forfeited = events.find((event) => event.name === "CollateralForfeited");
  return forfeited?.args.amount ?? 0n;
}

// SPDX-License-Identifier: Apache-2.0
import { marketCalls, sendCall } from "@berth/sdk";
import type { Address, Hash } from "viem";
import type { SigningSession } from "./session.ts";
import type { Token } from "./token.ts";

/** Most leases that one call of the contract settles. */
const MOST_LEASES = 128;

/** One payment of earnings. */
export interface Claim {
  readonly token: Token;
  /** In base units. */
  readonly amount: bigint;
  readonly to: Address;
  readonly leaseIds: readonly bigint[];
  readonly transactionHash: Hash;
}

/** Settles leases of the wallet's account and pays out its whole free balance in their token. Throws what `sendCall` throws. */
export async function claimEarnings(
  { market, wallet }: SigningSession,
  { token, leaseIds, to }: Pick<Claim, "token" | "leaseIds" | "to">,
  signal: AbortSignal,
): Promise<Claim> {
  const calls = marketCalls(market.address);
  const options = { signal, context: { token } };
  const first = leaseIds.slice(0, MOST_LEASES);
  for (let from = MOST_LEASES; from < leaseIds.length; from += MOST_LEASES) {
    await sendCall(wallet, market.client, calls.settle(leaseIds.slice(from, from + MOST_LEASES)), options);
  }
  const { events, hash } = await sendCall(
    wallet,
    market.client,
    calls.claim(token.address, first, to),
    options,
  );
  const paid = events.find((event) => event.name === "Withdrawn");
  return { token, amount: paid?.args.amount ?? 0n, to, leaseIds, transactionHash: hash };
}

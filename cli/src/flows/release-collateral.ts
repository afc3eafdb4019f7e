// SPDX-License-Identifier: Apache-2.0
import { marketCalls, sendCall, withSignal } from "@berth/sdk";
import type { Address, Hash } from "viem";
import type { ProviderOverview, ServedLease } from "./provider-overview.ts";
import type { SigningSession } from "./session.ts";
import type { Token } from "./token.ts";

/** Most leases that one call of the contract takes. */
const MOST_LEASES = 128;

/** Collateral that a lease which is closed still locks. Amounts in base units. */
export interface HeldCollateral {
  readonly leaseId: bigint;
  readonly token: Token;
  readonly amount: bigint;
  /** From when on it can be released, in seconds since 1970; null while a dispute awaits its ruling. */
  readonly releasableAt: bigint | null;
}

/** What became free again. */
export interface Release {
  readonly released: readonly Pick<HeldCollateral, "leaseId" | "token" | "amount">[];
  readonly transactionHashes: readonly Hash[];
}

/** What closed leases lock, split by whether it can be released now: by the chain's own time, whatever this machine's says. */
export async function heldCollateral(
  { market }: SigningSession,
  { leases, money }: ProviderOverview,
  signal: AbortSignal,
): Promise<{ readonly due: readonly HeldCollateral[]; readonly waiting: readonly HeldCollateral[] }> {
  const [{ disputeWindow }, { timestamp }] = await Promise.all([
    market.periods({ signal }),
    withSignal(market.client, signal, (client) => client.getBlock()),
  ]);
  const tokens = new Map(money.map(({ token }) => [token.address, token]));
  const held = leases.flatMap((lease) => heldBy(lease, tokens, disputeWindow));
  const isDue = ({ releasableAt }: HeldCollateral): boolean =>
    releasableAt !== null && timestamp >= releasableAt;
  return { due: held.filter(isDue), waiting: held.filter((each) => !isDue(each)) };
}

function heldBy(
  { leaseId, summary }: ServedLease,
  tokens: ReadonlyMap<Address, Token>,
  disputeWindow: bigint,
): readonly HeldCollateral[] {
  const { status, collateral: amount, closedAt, disputed } = summary;
  const token = tokens.get(summary.token);
  if (status !== "closed" || amount === 0n || token === undefined) return [];
  return [{ leaseId, token, amount, releasableAt: disputed ? null : closedAt + disputeWindow + 1n }];
}

/** Releases it, as many leases a transaction as the contract takes; tells what the log says became free. Throws what `sendCall` throws. */
export async function releaseCollateral(
  { market, wallet }: SigningSession,
  due: readonly HeldCollateral[],
  signal: AbortSignal,
): Promise<Release> {
  const released: Release["released"][number][] = [];
  const transactionHashes: Hash[] = [];
  for (let from = 0; from < due.length; from += MOST_LEASES) {
    const some = due.slice(from, from + MOST_LEASES);
    const call = marketCalls(market.address).releaseCollateral(some.map(({ leaseId }) => leaseId));
    const { events, hash } = await sendCall(wallet, market.client, call, { signal });
    transactionHashes.push(hash);
    const freed = new Set(
      events.flatMap(({ name, args }) => (name === "CollateralUnlocked" ? [args.leaseId] : [])),
    );
    released.push(...some.filter(({ leaseId }) => freed.has(leaseId)).map(withoutTime));
  }
  return { released, transactionHashes };
}

function withoutTime({ leaseId, token, amount }: HeldCollateral): Release["released"][number] {
  return { leaseId, token, amount };
}

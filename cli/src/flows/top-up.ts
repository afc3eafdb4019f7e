// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary, MarketEventOf } from "@berth/sdk";
import { costOf, InvariantError, marketCalls, sendCall, UserError } from "@berth/sdk";
import type { Hash } from "viem";
import { requireFunds } from "./check-funds.ts";
import type { SigningSession } from "./session.ts";
import type { Token } from "./token.ts";
import { approveExactly, inTokens } from "./token.ts";

/** Money to add: `amount` in base units. */
export interface TopUp {
  readonly leaseId: bigint;
  readonly summary: LeaseSummary;
  readonly token: Token;
  readonly amount: bigint;
}

/** What a top-up did. */
export interface ToppedUp {
  readonly event: MarketEventOf<"LeaseToppedUp">;
  /** The lease was depleted: it is paused now, until the provider resumes. */
  readonly revived: boolean;
  /** Null where the market was allowed to take it already. */
  readonly approval: Hash | null;
}

/**
 * Adds money from the wallet to a lease. All that can be known is checked before the allowance is given: UserError
 * E_LEASE_STATUS_UNEXPECTED, E_LEASE_CALLER_NOT_TENANT, E_PROVIDER_SILENT, E_LEASE_AMOUNT_TOO_SMALL, E_BALANCE_INSUFFICIENT.
 */
export async function topUpLease(
  session: SigningSession,
  topUp: TopUp,
  signal: AbortSignal,
): Promise<ToppedUp> {
  const { market, wallet } = session;
  const { leaseId, token, amount } = topUp;
  await requireAcceptable(session, topUp, signal);
  await requireFunds(session, wallet.account.address, amount, token, signal);
  const approval = await approveExactly(session, token, amount, signal);
  const call = marketCalls(market.address).topUp(leaseId, amount);
  const { events, hash } = await sendCall(wallet, market.client, call, { signal, context: { token } });
  const event = events.find(({ name }) => name === "LeaseToppedUp");
  const revived = events.some(({ name }) => name === "LeasePaused");
  if (event?.name === "LeaseToppedUp") return { event, revived, approval };
  throw new InvariantError("E_LEASE_NOT_TOPPED_UP", `Transaction ${hash} succeeded and added nothing.`, {
    atRisk: "the amount, if it left the wallet",
    next: "Look at the transaction, and report this as a defect.",
    facts: { hash },
  });
}

async function requireAcceptable(session: SigningSession, topUp: TopUp, signal: AbortSignal): Promise<void> {
  const { leaseId, summary, amount } = topUp;
  if (["closed", "lapsed"].includes(summary.status))
    throw refusal(
      "E_LEASE_STATUS_UNEXPECTED",
      `Lease ${leaseId} is ${summary.status} and takes no money.`,
      topUp,
    );
  if (amount === 0n) throw refusal("E_LEASE_AMOUNT_TOO_SMALL", "An amount of 0 adds nothing.", topUp);
  if (summary.status === "depleted") await requireRevivable(session, topUp, signal);
}

/** A depleted lease is revived by its tenant alone, with enough to run for a while, while the provider reports. */
async function requireRevivable(session: SigningSession, topUp: TopUp, signal: AbortSignal): Promise<void> {
  const { leaseId, summary, amount, token } = topUp;
  if (summary.tenant !== session.wallet.account.address)
    throw refusal(
      "E_LEASE_CALLER_NOT_TENANT",
      `Lease ${leaseId} is depleted: only its tenant can revive it.`,
      topUp,
    );
  if (summary.silent)
    throw refusal(
      "E_PROVIDER_SILENT",
      `Lease ${leaseId} is depleted and its provider silent: he would not resume.`,
      topUp,
    );
  const [offer, provider] = await Promise.all([
    session.market.offerOf(summary.offerId, { signal }),
    session.market.providerOf(summary.provider, { signal }),
  ]);
  const period = [offer.terms.minPeriod, provider.reportPeriod].reduce((one, other) =>
    one > other ? one : other,
  );
  const minimum = costOf(summary.milliRatePerSecond, period);
  if (amount >= minimum) return;
  const short = `Lease ${leaseId} is depleted: it takes at least ${inTokens(minimum, token)} to revive it.`;
  throw refusal("E_LEASE_AMOUNT_TOO_SMALL", short, topUp);
}

function refusal(code: string, message: string, { leaseId }: TopUp): UserError {
  return new UserError(code, message, {
    atRisk: "nothing: no money has moved",
    next: `\`berth status ${leaseId}\` shows where the lease stands.`,
    facts: { leaseId: leaseId.toString() },
  });
}

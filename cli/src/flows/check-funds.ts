// SPDX-License-Identifier: Apache-2.0
import type { Offer } from "@berth/sdk";
import { costOf, formatRate, parseAmount, UserError, withSignal } from "@berth/sdk";
import type { Address } from "viem";
import type { MarketSession } from "./session.ts";
import type { Token } from "./token.ts";
import { inTokens, walletBalance } from "./token.ts";

/** The least that a lease of an offer must hold when it opens, in base units. */
export function minimumDeposit({ terms }: Offer): bigint {
  const cost = costOf(terms.milliRatePerSecond, terms.minPeriod);
  return cost > 0n ? cost : 1n;
}

/**
 * A deposit in base units, checked against the offer's minimum. Throws UserError E_DEPOSIT_MISSING, E_AMOUNT_INVALID or
 * E_DEPOSIT_TOO_SMALL.
 */
export function readDeposit(deposit: string | null, offer: Offer, token: Token): bigint {
  const minimum = minimumDeposit(offer);
  const price = `${formatRate(offer.terms.milliRatePerSecond, token.decimals, "hour")} in ${token.symbol}`;
  if (deposit === null) {
    throw new UserError("E_DEPOSIT_MISSING", "Nothing says how much to put into the lease.", {
      atRisk: "nothing: no lease was opened",
      next: `Pass --deposit or write x-berth.deposit; the offer costs ${price}, the least is ${inTokens(minimum, token)}.`,
      facts: { minimum: minimum.toString() },
    });
  }
  const amount = parseAmount(deposit, token.decimals);
  if (amount >= minimum) return amount;
  throw new UserError(
    "E_DEPOSIT_TOO_SMALL",
    `A deposit of ${inTokens(amount, token)} does not pay the offer's minimum of ${inTokens(minimum, token)}.`,
    {
      atRisk: "nothing: no lease was opened",
      next: `Deposit at least ${inTokens(minimum, token)}; what is not used comes back when the lease closes.`,
      facts: { amount: amount.toString(), minimum: minimum.toString() },
    },
  );
}

/**
 * Checks that a wallet holds an amount, and coin for gas, before anything is sent. Throws UserError E_BALANCE_INSUFFICIENT or
 * E_GAS_MONEY_INSUFFICIENT.
 */
export async function requireFunds(
  session: MarketSession,
  account: Address,
  amount: bigint,
  token: Token,
  signal: AbortSignal,
): Promise<void> {
  const { client } = session.market;
  const [held, coin] = await Promise.all([
    walletBalance(session, token.address, account, signal),
    withSignal(client, signal, (reader) => reader.getBalance({ address: account })),
  ]);
  if (held < amount) throw shortOf(account, held, amount, token);
  if (coin > 0n) return;
  throw new UserError("E_GAS_MONEY_INSUFFICIENT", `The wallet ${account} has no coin to pay for gas.`, {
    atRisk: "nothing: nothing was sent",
    next: `Send some of the chain's own coin to ${account}, then try again.`,
    facts: { account },
  });
}

function shortOf(account: Address, held: bigint, needed: bigint, token: Token): UserError {
  const missing = inTokens(needed - held, token);
  return new UserError(
    "E_BALANCE_INSUFFICIENT",
    `The wallet ${account} holds ${inTokens(held, token)}; this needs ${inTokens(needed, token)}.`,
    {
      atRisk: "nothing: nothing was sent",
      next: `Put ${missing} more into the wallet (token ${token.address}), or ask for less.`,
      facts: { account, held: held.toString(), needed: needed.toString(), token: token.address },
    },
  );
}

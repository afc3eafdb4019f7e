// SPDX-License-Identifier: Apache-2.0
import type { TokenInfo } from "@berth/sdk";
import { approveCall, formatAmount, sendCall, withSignal } from "@berth/sdk";
import type { Address, Hash } from "viem";
import { erc20Abi } from "viem";
import type { MarketSession, SigningSession } from "./session.ts";

/** A currency: what is needed to name it, write its amounts and move it. */
export interface Token extends TokenInfo {
  readonly address: Address;
}

/** Reads a token. Throws the errors of `Market.tokenInfo`. */
export async function readToken(
  session: MarketSession,
  address: Address,
  signal: AbortSignal,
): Promise<Token> {
  return { address, ...(await session.market.tokenInfo(address, { signal })) };
}

/** Base units in words: `1.5 mUSD`. */
export function inTokens(units: bigint, token: TokenInfo): string {
  return `${formatAmount(units, token.decimals)} ${token.symbol}`;
}

/** What a wallet holds of a token, in base units. */
export function walletBalance(
  { market }: MarketSession,
  token: Address,
  account: Address,
  signal: AbortSignal,
): Promise<bigint> {
  const call = { address: token, abi: erc20Abi, functionName: "balanceOf", args: [account] } as const;
  return withSignal(market.client, signal, (client) => client.readContract(call));
}

/**
 * Lets the market take this amount and no more, unless it may already; answers the transaction, null where none was needed.
 * Throws what `sendCall` throws.
 */
export async function approveExactly(
  session: SigningSession,
  token: Token,
  amount: bigint,
  signal: AbortSignal,
): Promise<Hash | null> {
  const { market, wallet } = session;
  const owner = wallet.account.address;
  const allowance = await withSignal(market.client, signal, (client) =>
    client.readContract({
      address: token.address,
      abi: erc20Abi,
      functionName: "allowance",
      args: [owner, market.address],
    }),
  );
  if (allowance >= amount) return null;
  const call = approveCall(token.address, market.address, amount);
  const { hash } = await sendCall(wallet, market.client, call, { signal, context: { token } });
  return hash;
}

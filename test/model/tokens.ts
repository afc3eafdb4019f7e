// SPDX-License-Identifier: Apache-2.0
import { known, type ErrorRecord } from "./refusal.ts";
import type { Address, State, Token } from "./state.ts";

const UNLIMITED = 2n ** 256n - 1n;
const FEE_DIVISOR = 100n;
const ARITHMETIC_PANIC: ErrorRecord = { name: "Panic", args: [0x11n] };

/** How a transfer ends: with what arrives, or with what the token says against it. */
export type Transfer = { readonly arrived: bigint } | { readonly error: ErrorRecord };

interface Movement {
  readonly from: Address;
  readonly to: Address;
  readonly amount: bigint;
}

export function tokenOf(state: State, address: Address): Token {
  return known(state.tokens.get(address));
}

export function walletOf(token: Token, account: Address): bigint {
  return token.balances.get(account) ?? 0n;
}

export function allowanceOf(token: Token, account: Address): bigint {
  return token.allowances.get(account) ?? 0n;
}

/** What pulling from an account into the market would come to. */
export function foreseePull(state: State, token: Token, from: Address, amount: bigint): Transfer {
  const allowance = allowanceOf(token, from);
  if (!token.lying && allowance < amount)
    return {
      error:
        token.kind === "bare"
          ? ARITHMETIC_PANIC
          : { name: "ERC20InsufficientAllowance", args: [state.market, allowance, amount] },
    };
  return foresee(token, { from, to: state.market, amount });
}

/** What a transfer of the market's own would come to. */
export function foreseePush(state: State, token: Token, to: Address, amount: bigint): Transfer {
  return foresee(token, { from: state.market, to, amount });
}

function foresee(token: Token, movement: Movement): Transfer {
  if (token.lying) return { error: { name: "SafeERC20FailedOperation", args: [token.address] } };
  const barred = [movement.from, movement.to].find((account) => token.banned.has(account));
  if (barred !== undefined) return { error: { name: "Blocked", args: [barred] } };
  const fee = feeOf(token, movement.amount);
  const held = walletOf(token, movement.from);
  if (held >= movement.amount) return { arrived: movement.amount - fee };
  if (token.kind === "bare") return { error: ARITHMETIC_PANIC };
  const [left, needed] = held < fee ? [held, fee] : [held - fee, movement.amount - fee];
  return { error: { name: "ERC20InsufficientBalance", args: [movement.from, left, needed] } };
}

function feeOf(token: Token, amount: bigint): bigint {
  return token.kind === "fee" ? amount / FEE_DIVISOR : 0n;
}

/** Carries a pull out that was foreseen to succeed. */
export function pull(state: State, token: Token, from: Address, amount: bigint): void {
  const allowance = allowanceOf(token, from);
  if (token.kind === "bare" || allowance !== UNLIMITED) token.allowances.set(from, allowance - amount);
  move(token, { from, to: state.market, amount });
}

/** Carries a transfer out that was foreseen to succeed. */
export function push(state: State, token: Token, to: Address, amount: bigint): void {
  move(token, { from: state.market, to, amount });
}

/** Moves tokens between wallets, past the market: a donation where `to` is the market. */
export function move(token: Token, { from, to, amount }: Movement): void {
  token.balances.set(from, walletOf(token, from) - amount);
  token.balances.set(to, walletOf(token, to) + amount - feeOf(token, amount));
}

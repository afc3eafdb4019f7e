// SPDX-License-Identifier: Apache-2.0
import { emit, type Context } from "./context.ts";
import { needAll, type Check } from "./refusal.ts";
import { keyOf, NOBODY, type Address, type State } from "./state.ts";
import { foreseePull, foreseePush, pull, push, tokenOf, type Transfer } from "./tokens.ts";

/** What an account can withdraw, in base units. */
export function freeOf(state: State, token: Address, account: Address): bigint {
  return state.free.get(keyOf(token, account)) ?? 0n;
}

/** Adds to a free balance; a negative amount takes away. */
export function credit(state: State, token: Address, account: Address, amount: bigint): void {
  state.free.set(keyOf(token, account), freeOf(state, token, account) + amount);
}

/** A recipient of money out: not nobody, not the market. */
export function recipientCheck(state: State, to: Address): Check {
  return [to !== NOBODY && to !== state.market, "EscrowRecipientInvalid", to];
}

/** A free balance that covers the amount. */
export function balanceCheck(state: State, token: Address, account: Address, amount: bigint): Check {
  const available = freeOf(state, token, account);
  return [available >= amount, "EscrowBalanceInsufficient", token, account, amount, available];
}

/** That a foreseen transfer works, and brings something in. */
export function arrivalChecks(token: Address, transfer: Transfer): readonly Check[] {
  if ("error" in transfer) return [[false, transfer.error.name, ...transfer.error.args]];
  return [[transfer.arrived > 0n, "EscrowNothingArrived", token]];
}

/** What a foreseen transfer brings, nothing where it fails. */
export function arrivedBy(transfer: Transfer): bigint {
  return "error" in transfer ? 0n : transfer.arrived;
}

/** Pays out of the market; refused with the token's own words where the token refuses. */
export function payOut({ state }: Context, token: Address, to: Address, amount: bigint): void {
  const transfer = foreseePush(state, tokenOf(state, token), to, amount);
  if ("error" in transfer) needAll([[false, transfer.error.name, ...transfer.error.args]]);
  push(state, tokenOf(state, token), to, amount);
}

export function deposit(context: Context, [token, amount]: [Address, bigint]): void {
  const { state, caller } = context;
  const transfer = foreseePull(state, tokenOf(state, token), caller, amount);
  needAll(arrivalChecks(token, transfer));
  pull(state, tokenOf(state, token), caller, amount);
  const arrived = arrivedBy(transfer);
  credit(state, token, caller, arrived);
  emit(context, "Deposited", token, caller, arrived, freeOf(state, token, caller));
}

export function withdraw(context: Context, [token, amount, to]: [Address, bigint, Address]): void {
  const { state, caller } = context;
  needAll([recipientCheck(state, to), balanceCheck(state, token, caller, amount)]);
  payFree(context, token, amount, to);
}

/** Pays out of the caller's free balance, which covers it. */
export function payFree(context: Context, token: Address, amount: bigint, to: Address): void {
  const { state, caller } = context;
  payOut(context, token, to, amount);
  credit(state, token, caller, -amount);
  emit(context, "Withdrawn", token, caller, to, amount, freeOf(state, token, caller));
}

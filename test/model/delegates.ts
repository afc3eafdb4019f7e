// SPDX-License-Identifier: Apache-2.0
import type { CallArgs } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import { balanceCheck, credit } from "./money.ts";
import { known, type Check } from "./refusal.ts";
import { keyOf, type Address, type Delegation, type State } from "./state.ts";

const NONE: Delegation = { cap: 0n, until: 0n };

/** What one account may spend for another. */
export function delegationOf(
  state: State,
  principal: Address,
  token: Address,
  delegate: Address,
): Delegation {
  return state.delegations.get(keyOf(principal, token, delegate)) ?? NONE;
}

/** Whether the caller is the principal, or a delegate of his whose time has not run out. */
export function actsFor({ state, caller }: Context, principal: Address, token: Address): boolean {
  return caller === principal || state.now <= delegationOf(state, principal, token, caller).until;
}

/** What spending from a principal's free balance needs: the money, and a cap that covers it. */
export function spendingChecks(
  { state, caller }: Context,
  principal: Address,
  token: Address,
  amount: bigint,
): readonly Check[] {
  const { cap } = delegationOf(state, principal, token, caller);
  const within = caller === principal || cap >= amount;
  return [
    balanceCheck(state, token, principal, amount),
    [within, "DelegateCapExceeded", principal, token, caller, amount, cap],
  ];
}

/** Takes money from a principal's free balance, and from the caller's cap where he is a delegate. */
export function spend(context: Context, principal: Address, token: Address, amount: bigint): void {
  const { state, caller } = context;
  credit(state, token, principal, -amount);
  if (caller === principal) return;
  const delegation = known(state.delegations.get(keyOf(principal, token, caller)));
  delegation.cap -= amount;
  emit(context, "DelegateSpent", principal, token, caller, amount, delegation.cap);
}

export function setDelegate(context: Context, args: CallArgs["setDelegate"]): void {
  const { state, caller } = context;
  const [token, delegate, cap, until] = args;
  state.delegations.set(keyOf(caller, token, delegate), { cap, until });
  emit(context, "DelegateSet", caller, token, delegate, cap, until);
}

// SPDX-License-Identifier: Apache-2.0
import type { CallArgs } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import { actsFor, spend, spendingChecks } from "./delegates.ts";
import { billElapsed, costOf, offerOf, providerOf, statusName } from "./lease-math.ts";
import { arrivalChecks, arrivedBy } from "./money.ts";
import { MAX_BALANCE } from "./openings.ts";
import { notSilentCheck } from "./providers.ts";
import { need, needAll, type Check } from "./refusal.ts";
import { applyBill, nextSequence, requireLease, requireStatus } from "./running.ts";
import { NOBODY, type Lease, type State } from "./state.ts";
import { foreseePull, pull, tokenOf } from "./tokens.ts";

const OPEN_TO_MONEY = ["Pending", "Active", "Paused", "Depleted"] as const;

/** What a top-up needs beside the money: enough of it, and a provider who is there where it revives. */
function amountChecks(state: State, lease: Lease, arrived: bigint): readonly Check[] {
  const provider = providerOf(state, lease);
  const depleted = statusName(state, lease) === "Depleted";
  const { minPeriod } = offerOf(state, lease).terms;
  const seconds = minPeriod > provider.reportPeriod ? minPeriod : provider.reportPeriod;
  const minimum = depleted ? costOf(lease.rate, seconds) : 1n;
  const balance = (depleted ? 0n : lease.balance) + arrived;
  return [
    ...(depleted ? [notSilentCheck(state, provider)] : []),
    [arrived >= minimum, "LeaseAmountTooSmall", lease.id, arrived, minimum],
    [balance <= MAX_BALANCE, "LeaseBalanceTooLarge", lease.id, balance, MAX_BALANCE],
  ];
}

function add(context: Context, lease: Lease, arrived: bigint, fromBalance: boolean): void {
  const { state, caller } = context;
  const revived = statusName(state, lease) === "Depleted";
  const { address } = providerOf(state, lease);
  if (revived) {
    const bill = billElapsed(state, lease);
    applyBill(state, lease, bill);
    lease.paused = true;
    const facts = [bill.due, lease.balance, lease.settledClock];
    emit(context, "LeasePaused", lease.id, address, ...facts, nextSequence(state, lease));
  }
  lease.balance += arrived;
  const facts = [arrived, lease.balance];
  const payer = fromBalance ? NOBODY : caller;
  emit(context, "LeaseToppedUp", lease.id, address, payer, ...facts, nextSequence(state, lease));
}

export function topUp(context: Context, [id, amount]: CallArgs["topUp"]): void {
  const { state, caller } = context;
  const lease = requireLease(state, id);
  const status = requireStatus(state, lease, ...OPEN_TO_MONEY);
  const token = tokenOf(state, offerOf(state, lease).terms.token);
  const mayRevive = actsFor(context, lease.tenant, token.address);
  need(status !== "Depleted" || mayRevive, "LeaseCallerNotTenant", id, caller);
  const transfer = foreseePull(state, token, caller, amount);
  const arrived = arrivedBy(transfer);
  const checks = amountChecks(state, lease, arrived);
  needAll([
    ...arrivalChecks(token.address, transfer),
    ...("error" in transfer ? checks.slice(0, -2) : checks),
  ]);
  pull(state, token, caller, amount);
  add(context, lease, arrived, false);
}

export function topUpFromBalance(context: Context, [id, amount]: CallArgs["topUpFromBalance"]): void {
  const { state, caller } = context;
  const lease = requireLease(state, id);
  const { token } = offerOf(state, lease).terms;
  need(actsFor(context, lease.tenant, token), "LeaseCallerNotTenant", id, caller);
  requireStatus(state, lease, ...OPEN_TO_MONEY);
  needAll([
    [amount > 0n, "LeaseAmountTooSmall", id, amount, 1n],
    ...amountChecks(state, lease, amount),
    ...spendingChecks(context, lease.tenant, token, amount),
  ]);
  spend(context, lease.tenant, token, amount);
  add(context, lease, amount, true);
}

// SPDX-License-Identifier: Apache-2.0
import { isSilent } from "./clock.ts";
import type { CallArgs } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import type { StatusName } from "../helpers/enums.ts";
import {
  accrues,
  billElapsed,
  clockOf,
  costOf,
  isInMinimum,
  offerOf,
  providerOf,
  setOf,
  statusName,
  type Bill,
} from "./lease-math.ts";
import { credit, freeOf, payFree, recipientCheck } from "./money.ts";
import { notSilentCheck, requireInstance } from "./providers.ts";
import { quoteChecks, useQuote } from "./quotes.ts";
import { known, need, needAll } from "./refusal.ts";
import { Status } from "../helpers/enums.ts";
import type { Lease, State } from "./state.ts";

const MAX_IDS = 128;

/** The lease under a number; refused where there is none. */
export function requireLease(state: State, id: bigint): Lease {
  const lease = state.leases.get(id);
  need(lease !== undefined, "LeaseUnknown", id);
  return known(lease);
}

/** The lease's status, which must be one of these. */
export function requireStatus(state: State, lease: Lease, ...allowed: readonly StatusName[]): StatusName {
  const status = statusName(state, lease);
  need(allowed.includes(status), "LeaseStatusUnexpected", lease.id, Status[status], setOf(allowed));
  return status;
}

export function requireTenant({ caller }: Context, { id, tenant }: Lease): void {
  need(caller === tenant, "LeaseCallerNotTenant", id, caller);
}

/** A lease that the caller may act on for its provider. */
export function requireServed(context: Context, instance: bigint, id: bigint): Lease {
  const lease = requireLease(context.state, id);
  requireInstance(context, providerOf(context.state, lease), instance);
  return lease;
}

export function requireShortList(ids: readonly bigint[]): void {
  need(ids.length <= MAX_IDS, "LeaseListTooLong", BigInt(ids.length), BigInt(MAX_IDS));
}

/** Writes a bill into the ledger: the provider is credited, the minimum is over. */
export function applyBill(state: State, lease: Lease, { due, remainder, settledClock }: Bill): void {
  credit(state, offerOf(state, lease).terms.token, providerOf(state, lease).address, due);
  lease.balance -= due;
  lease.remainder = remainder;
  lease.settledClock = settledClock;
  lease.inMinimum = false;
}

/** Counts an event that changes what the daemon should do. */
export function nextSequence(state: State, lease: Lease): bigint {
  const provider = providerOf(state, lease);
  provider.sequence += 1n;
  return provider.sequence;
}

/** Settles where there is something to settle. */
export function settleLease(context: Context, lease: Lease): void {
  const { state } = context;
  if (!accrues(lease) || isInMinimum(state, lease)) return;
  const bill = billElapsed(state, lease);
  if (bill.settledClock === lease.settledClock) return;
  applyBill(state, lease, bill);
  const { address } = providerOf(state, lease);
  emit(context, "LeaseSettled", lease.id, address, bill.due, lease.balance, lease.settledClock);
}

export function start(context: Context, [instance, ids]: CallArgs["start"]): void {
  const { state } = context;
  requireShortList(ids);
  for (const id of ids) {
    const lease = requireServed(context, instance, id);
    const late = state.now > lease.startBy;
    if (ids.length > 1 && (statusName(state, lease) !== "Pending" || late)) continue;
    requireStatus(state, lease, "Pending");
    const provider = providerOf(state, lease);
    needAll([notSilentCheck(state, provider), [!late, "LeaseStartTooLate", id, state.now, lease.startBy]]);
    lease.started = true;
    lease.inMinimum = true;
    lease.settledClock = clockOf(state, lease);
    emit(context, "LeaseStarted", id, provider.address, lease.settledClock, nextSequence(state, lease));
  }
}

export function pause(context: Context, [instance, id]: CallArgs["pause"]): void {
  const { state } = context;
  const lease = requireServed(context, instance, id);
  const sheltered = lease.paused && statusName(state, lease) === "Lapsed";
  requireStatus(state, lease, "Active", ...(sheltered ? [] : (["Lapsed"] as const)));
  const bill = billElapsed(state, lease);
  applyBill(state, lease, bill);
  lease.paused = true;
  const { address } = providerOf(state, lease);
  const sequence = nextSequence(state, lease);
  emit(context, "LeasePaused", id, address, bill.due, lease.balance, lease.settledClock, sequence);
}

export function resume(context: Context, [instance, id]: CallArgs["resume"]): void {
  const { state } = context;
  const lease = requireServed(context, instance, id);
  requireStatus(state, lease, "Paused");
  const provider = providerOf(state, lease);
  needAll([notSilentCheck(state, provider)]);
  lease.paused = false;
  lease.settledClock = clockOf(state, lease);
  emit(context, "LeaseResumed", id, provider.address, lease.settledClock, nextSequence(state, lease));
}

export function setManifest(context: Context, [id, manifestHash]: CallArgs["setManifest"]): void {
  const { state } = context;
  const lease = requireLease(state, id);
  requireTenant(context, lease);
  requireStatus(state, lease, "Pending", "Active", "Paused", "Depleted");
  const { address } = providerOf(state, lease);
  emit(context, "LeaseManifestChanged", id, address, manifestHash, nextSequence(state, lease));
}

export function amend(context: Context, [id, quote, signature]: CallArgs["amend"]): void {
  const { state } = context;
  const lease = requireLease(state, id);
  requireTenant(context, lease);
  const status = requireStatus(state, lease, "Pending", "Active", "Paused");
  const provider = providerOf(state, lease);
  const rate = quote.milliRatePerSecond;
  const minimum = costOf(rate, offerOf(state, lease).terms.minPeriod);
  const pending = status === "Pending";
  needAll([
    ...(pending || !isSilent(provider, state.now) ? [] : [notSilentCheck(state, provider)]),
    ...quoteChecks(state, provider, { quote, signature }, lease),
    [!pending || lease.balance >= minimum, "LeaseAmountTooSmall", id, lease.balance, minimum],
  ]);
  const bill = billElapsed(state, lease);
  applyBill(state, lease, bill);
  lease.rate = rate;
  useQuote(context, provider, quote, id);
  const money = [bill.due, lease.balance, lease.settledClock];
  emit(context, "LeaseAmended", id, provider.address, rate, ...money, nextSequence(state, lease));
}

export function settle(context: Context, [ids]: CallArgs["settle"]): void {
  requireShortList(ids);
  for (const id of ids) {
    const lease = context.state.leases.get(id);
    if (lease !== undefined) settleLease(context, lease);
  }
}

export function claim(context: Context, [token, ids, to]: CallArgs["claim"]): void {
  const { state, caller } = context;
  needAll([
    [ids.length <= MAX_IDS, "LeaseListTooLong", BigInt(ids.length), BigInt(MAX_IDS)],
    recipientCheck(state, to),
  ]);
  for (const id of ids) {
    const lease = state.leases.get(id);
    if (lease === undefined) continue;
    const { provider, terms } = offerOf(state, lease);
    if (provider === caller && terms.token === token) settleLease(context, lease);
  }
  const amount = freeOf(state, token, caller);
  if (amount > 0n) payFree(context, token, amount, to);
}

// SPDX-License-Identifier: Apache-2.0
import { Reason, type ReasonName } from "../helpers/enums.ts";
import type { CallArgs } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import {
  billByTenant,
  billElapsed,
  clockOf,
  offerOf,
  providerOf,
  retainedUntil,
  statusName,
} from "./lease-math.ts";
import { credit } from "./money.ts";
import { stakeOf } from "./providers.ts";
import { known, need } from "./refusal.ts";
import {
  applyBill,
  nextSequence,
  requireLease,
  requireServed,
  requireShortList,
  requireStatus,
} from "./running.ts";
import type { Lease, Stake, State } from "./state.ts";

const OPEN = ["Pending", "Active", "Paused", "Depleted", "Lapsed"] as const;

export function stakeBehind(state: State, lease: Lease): Stake {
  return stakeOf(providerOf(state, lease), offerOf(state, lease).terms.token);
}

/** Frees a lease's collateral, once. */
export function unlock(context: Context, lease: Lease): void {
  const { state } = context;
  const { collateral } = offerOf(state, lease).terms;
  if (lease.unlocked) return;
  lease.unlocked = true;
  stakeBehind(state, lease).locked -= collateral;
  if (collateral === 0n) return;
  emit(context, "CollateralUnlocked", lease.id, providerOf(state, lease).address, collateral);
}

/** Gives the whole collateral of a lapsed provider's lease to its tenant, and his bond back. */
function forfeit(context: Context, lease: Lease): void {
  const { state } = context;
  const { token, collateral } = offerOf(state, lease).terms;
  const provider = providerOf(state, lease).address;
  const { dispute, tenant, id } = lease;
  if (dispute?.open === true) {
    Object.assign(dispute, { open: false, used: true });
    credit(state, token, tenant, dispute.bond);
    emit(context, "DisputeVoided", id, provider, tenant, dispute.bond);
  }
  if (lease.unlocked) return;
  lease.unlocked = true;
  const stake = stakeBehind(state, lease);
  stake.locked -= collateral;
  stake.staked -= collateral;
  credit(state, token, tenant, collateral);
  if (collateral > 0n) emit(context, "CollateralForfeited", id, provider, tenant, collateral);
}

/** Whether a close leaves nobody who could still ask for the collateral. */
function frees(state: State, lease: Lease, reason: ReasonName): boolean {
  const { arbitrator, collateral } = offerOf(state, lease).terms;
  if (lease.dispute?.open === true) return false;
  const never = BigInt(arbitrator) === 0n || collateral === 0n || lease.dispute?.used === true;
  return never || !lease.started || reason === "TenantClosed";
}

function end(context: Context, lease: Lease, reason: ReasonName, cause: bigint): void {
  const { state } = context;
  const offer = offerOf(state, lease);
  const bill = reason === "TenantClosed" ? billByTenant(state, lease) : billElapsed(state, lease);
  const unlocks = frees(state, lease, reason);
  applyBill(state, lease, bill);
  const refund = lease.balance;
  credit(state, offer.terms.token, lease.tenant, refund);
  Object.assign(lease, { balance: 0n, remainder: 0n, reason: Reason[reason], closedAt: state.now });
  offer.taken -= 1n;
  const facts = [Reason[reason], cause, bill.due, refund, lease.settledClock, nextSequence(state, lease)];
  emit(context, "LeaseClosed", lease.id, offer.provider, lease.tenant, ...facts);
  if (reason === "Lapsed") forfeit(context, lease);
  else if (unlocks) unlock(context, lease);
}

/** What a tenant's close is called; refused where he has to wait. */
function reasonOfTenant(state: State, lease: Lease): ReasonName {
  const status = statusName(state, lease);
  if (status === "Lapsed") return "Lapsed";
  return status === "Pending" ? lateStart(state, lease) : "TenantClosed";
}

function lateStart(state: State, { id, startBy }: Lease): ReasonName {
  need(state.now > startBy, "LeaseStartPending", id, state.now, startBy);
  return "NotStarted";
}

function reasonOfAnybody({ state, caller }: Context, lease: Lease): ReasonName {
  const status = statusName(state, lease);
  if (status === "Pending") return lateStart(state, lease);
  need(status === "Depleted", "LeaseCallerNotTenant", lease.id, caller);
  const until = retainedUntil(state, lease);
  const clock = clockOf(state, lease);
  need(clock >= until, "LeaseRetained", lease.id, clock, until);
  return "Depleted";
}

export function close(context: Context, [id]: CallArgs["close"]): void {
  const { state, caller } = context;
  const lease = requireLease(state, id);
  requireStatus(state, lease, ...OPEN);
  const reason = caller === lease.tenant ? reasonOfTenant(state, lease) : reasonOfAnybody(context, lease);
  end(context, lease, reason, 0n);
}

function reasonOfProvider(state: State, lease: Lease): ReasonName {
  const status = statusName(state, lease);
  if (status === "Pending") return "Declined";
  if (status === "Lapsed") return "Lapsed";
  const over = status === "Depleted" && clockOf(state, lease) >= retainedUntil(state, lease);
  return over ? "Depleted" : "ProviderClosed";
}

export function closeByProvider(context: Context, args: CallArgs["closeByProvider"]): void {
  const { state } = context;
  const [instance, ids, cause] = args;
  requireShortList(ids);
  for (const id of ids) {
    const lease = requireServed(context, instance, id);
    if (ids.length > 1 && statusName(state, lease) === "Closed") continue;
    requireStatus(state, lease, ...OPEN);
    end(context, lease, reasonOfProvider(state, lease), cause);
  }
}

export function complete(context: Context, args: CallArgs["complete"]): void {
  const { state } = context;
  const [instance, id, exitCode, resultURI] = args;
  const lease = requireServed(context, instance, id);
  requireStatus(state, lease, "Active", "Paused", "Depleted");
  emit(context, "LeaseCompleted", id, providerOf(state, lease).address, exitCode, resultURI);
  end(context, lease, "Completed", 0n);
}

export function releaseCollateral(context: Context, [ids]: CallArgs["releaseCollateral"]): void {
  const { state, caller } = context;
  requireShortList(ids);
  for (const id of ids) {
    const lease = state.leases.get(id);
    if (statusName(state, lease) !== "Closed") continue;
    const closed = known(lease);
    const over = state.now > closed.closedAt + state.disputeWindow;
    if (closed.dispute?.open !== true && (over || caller === closed.tenant)) unlock(context, closed);
  }
}

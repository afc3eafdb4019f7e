// SPDX-License-Identifier: Apache-2.0
import { Reason, Status, type StatusName } from "../helpers/enums.ts";
import type { CallArgs } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import { stakeBehind, unlock } from "./endings.ts";
import { offerOf, providerOf, setOf, statusName } from "./lease-math.ts";
import { balanceCheck, credit } from "./money.ts";
import { known, need, needAll, type Check } from "./refusal.ts";
import { requireLease, requireStatus, requireTenant } from "./running.ts";
import type { Dispute, Lease, State } from "./state.ts";

const BOND_DIVISOR = 10n;

function disputeChecks(state: State, lease: Lease, amount: bigint): Check[] {
  const { collateral, arbitrator, token } = offerOf(state, lease).terms;
  const { id, closedAt, reason, unlocked, dispute } = lease;
  const until = closedAt + state.disputeWindow;
  const inTime = reason === Reason.None || state.now <= until;
  return [
    [BigInt(arbitrator) !== 0n, "DisputeArbitratorAbsent", id],
    [dispute === undefined, "DisputeAlreadyOpened", id],
    [!unlocked && collateral > 0n, "DisputeCollateralAbsent", id],
    [inTime, "DisputeTooLate", id, state.now, until],
    [amount > 0n && amount <= collateral, "DisputeAmountOutOfBounds", id, amount, collateral],
    balanceCheck(state, token, lease.tenant, bondOf(collateral)),
  ];
}

/** What a tenant puts behind a dispute: a tenth of the collateral, rounded up. */
export function bondOf(collateral: bigint): bigint {
  return (collateral + BOND_DIVISOR - 1n) / BOND_DIVISOR;
}

export function openDispute(context: Context, args: CallArgs["openDispute"]): void {
  const { state } = context;
  const [id, amount, evidenceURI] = args;
  const lease = requireLease(state, id);
  requireTenant(context, lease);
  requireStatus(state, lease, "Active", "Paused", "Depleted", "Closed");
  needAll(disputeChecks(state, lease, amount));
  const { collateral, arbitrator, token } = offerOf(state, lease).terms;
  const bond = bondOf(collateral);
  const ruleBy = state.now + state.rulingPeriod;
  credit(state, token, lease.tenant, -bond);
  lease.dispute = { amount, bond, ruleBy, open: true, used: false };
  const { address } = providerOf(state, lease);
  emit(context, "DisputeOpened", id, address, arbitrator, amount, bond, ruleBy, evidenceURI);
}

/** The dispute that awaits a ruling, on a lease of one of these statuses; refused where there is none. */
function requireDispute(state: State, lease: Lease, ...allowed: readonly StatusName[]): Dispute {
  const status = statusName(state, lease);
  const { id, dispute } = lease;
  needAll([
    [allowed.includes(status), "LeaseStatusUnexpected", id, Status[status], setOf(allowed)],
    [status !== "Pending", "DisputeNotOpen", id],
  ]);
  need(dispute?.open === true, "DisputeNotOpen", id);
  return known(dispute);
}

function finish(context: Context, lease: Lease): void {
  Object.assign(known(lease.dispute), { open: false, used: true });
  if (statusName(context.state, lease) === "Closed") unlock(context, lease);
}

export function rule(context: Context, [id, award, rulingURI]: CallArgs["rule"]): void {
  const { state, caller } = context;
  const lease = requireLease(state, id);
  const { arbitrator, token, collateral } = offerOf(state, lease).terms;
  need(caller === arbitrator, "DisputeCallerNotArbitrator", id, caller);
  const dispute = requireDispute(state, lease, "Active", "Paused", "Depleted", "Closed");
  const { amount, bond, ruleBy } = dispute;
  needAll([
    [state.now <= ruleBy, "DisputeRulingTooLate", id, state.now, ruleBy],
    [award <= amount, "DisputeAwardTooLarge", id, award, amount],
  ]);
  const { address } = providerOf(state, lease);
  emit(context, "DisputeRuled", id, address, arbitrator, award, bond, rulingURI);
  credit(state, token, award > 0n ? lease.tenant : address, bond);
  if (award > 0n) {
    lease.unlocked = true;
    const stake = stakeBehind(state, lease);
    stake.locked -= collateral;
    stake.staked -= award;
    credit(state, token, lease.tenant, award);
    emit(context, "CollateralAwarded", id, address, lease.tenant, award, collateral - award);
  }
  finish(context, lease);
}

export function expireDispute(context: Context, [id]: CallArgs["expireDispute"]): void {
  const { state } = context;
  const lease = requireLease(state, id);
  const dispute = requireDispute(state, lease, "Active", "Paused", "Depleted", "Lapsed", "Closed");
  const { bond, ruleBy } = dispute;
  need(state.now > ruleBy, "DisputeRulingPending", id, state.now, ruleBy);
  credit(state, offerOf(state, lease).terms.token, lease.tenant, bond);
  emit(context, "DisputeExpired", id, providerOf(state, lease).address, lease.tenant, bond);
  finish(context, lease);
}

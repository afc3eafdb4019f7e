// SPDX-License-Identifier: Apache-2.0
import { clockAt, isLapsed, isSilent } from "./clock.ts";
import { Reason, Status, type StatusName } from "../helpers/enums.ts";
import { known } from "./refusal.ts";
import type { Lease, Offer, Provider, State } from "./state.ts";

const MILLI = 1_000n;

/** What a settlement up to a point of the clock comes to. */
export interface Bill {
  readonly due: bigint;
  readonly remainder: bigint;
  readonly settledClock: bigint;
}

export function offerOf(state: State, lease: Lease): Offer {
  return known(state.offers.get(lease.offerId));
}

export function providerOf(state: State, lease: Lease): Provider {
  return known(state.providers.get(offerOf(state, lease).provider));
}

/** The provider's service clock now. */
export function clockOf(state: State, lease: Lease): bigint {
  return clockAt(providerOf(state, lease), state.now);
}

/** The first second of service clock in which the balance is used up. */
export function depletionClock({ balance, remainder, rate, settledClock }: Lease): bigint {
  const thousandths = MILLI * balance - remainder;
  return settledClock + (thousandths + rate - 1n) / rate;
}

/** The service clock from which anybody may close a depleted lease. */
export function retainedUntil(state: State, lease: Lease): bigint {
  return depletionClock(lease) + offerOf(state, lease).terms.retentionPeriod;
}

/** The status: the first that fits. */
export function statusName(state: State, lease: Lease | undefined): StatusName {
  if (lease === undefined) return "None";
  if (lease.reason !== Reason.None) return "Closed";
  if (!lease.started) return "Pending";
  if (!lease.paused && clockOf(state, lease) >= depletionClock(lease)) return "Depleted";
  if (isLapsed(state, providerOf(state, lease))) return "Lapsed";
  return lease.paused ? "Paused" : "Active";
}

/** Whether time is being billed at all. */
export function accrues(lease: Lease): boolean {
  return lease.started && !lease.paused && lease.reason === Reason.None;
}

/** What elapsed, billed up to now or to depletion, whichever is first. */
export function billElapsed(state: State, lease: Lease): Bill {
  const { settledClock, remainder, balance, rate } = lease;
  if (!accrues(lease)) return { due: 0n, remainder, settledClock };
  const now = clockOf(state, lease);
  const end = depletionClock(lease);
  if (now >= end) return { due: balance, remainder: 0n, settledClock: end };
  const owed = remainder + rate * (now - settledClock);
  return { due: owed / MILLI, remainder: owed % MILLI, settledClock: now };
}

/** The minimum that a tenant pays who ends a running lease early, with the clock not moved ahead. */
export function billMinimum(state: State, lease: Lease): Bill {
  const owed = lease.rate * offerOf(state, lease).terms.minPeriod;
  const due = owed / MILLI < lease.balance ? owed / MILLI : lease.balance;
  return { due, remainder: 0n, settledClock: clockOf(state, lease) };
}

/** Whether the minimum is still running. */
export function isInMinimum(state: State, lease: Lease): boolean {
  const { minPeriod } = offerOf(state, lease).terms;
  return accrues(lease) && lease.inMinimum && clockOf(state, lease) < lease.settledClock + minPeriod;
}

/** What the tenant's own close would bill now. */
export function billByTenant(state: State, lease: Lease): Bill {
  const early = statusName(state, lease) === "Active" && isInMinimum(state, lease);
  const silent = isSilent(providerOf(state, lease), state.now);
  return early && !silent ? billMinimum(state, lease) : billElapsed(state, lease);
}

/** The least number of base units, above none, that pays so many seconds. */
export function costOf(rate: bigint, seconds: bigint): bigint {
  const cost = (rate * seconds + MILLI - 1n) / MILLI;
  return cost > 0n ? cost : 1n;
}

/** A set of statuses as the contract writes it into its refusals: bit n stands for status n. */
export function setOf(names: readonly StatusName[]): bigint {
  return names.reduce((set, name) => set | (1n << Status[name]), 0n);
}

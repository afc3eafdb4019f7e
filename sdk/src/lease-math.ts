// SPDX-License-Identifier: Apache-2.0
import { clockAt, isLapsed, isSilent, type ServiceClock } from "./clock.ts";
import type { LeaseStatus, LeaseSummary } from "./types.ts";

/** Thousandths in a base unit. */
const MILLI = 1_000n;

/** What a lease's money is computed from. `balance` in base units, `settledClock` in seconds of the service clock. */
export interface LeaseAccount {
  readonly balance: bigint;
  readonly milliRatePerSecond: bigint;
  readonly settledClock: bigint;
  /** Thousandths of a base unit, 0 to 999; `1000 * balance >= remainder`, with equality only at 0. */
  readonly remainder: bigint;
  readonly started: boolean;
  readonly paused: boolean;
  readonly inMinimum: boolean;
  readonly closed: boolean;
}

/** An account after a bill, and what the bill took from its balance, in base units. */
export interface Billed {
  readonly account: LeaseAccount;
  readonly due: bigint;
}

/** A closed account: `due` went to the provider, `refund` to the tenant, in base units. */
export interface Closing extends Billed {
  readonly refund: bigint;
}

/** The least number of base units that pays `period` seconds at a rate. */
export function costOf(milliRatePerSecond: bigint, period: bigint): bigint {
  return ceilDiv(milliRatePerSecond * period, MILLI);
}

/** The service clock at which the balance is used up; unlike the contract's view it never saturates. */
export function depletionClock(account: LeaseAccount): bigint {
  const left = MILLI * account.balance - account.remainder;
  return account.settledClock + ceilDiv(left, account.milliRatePerSecond);
}

/** What `elapsed` seconds after the last settlement cost, in base units, at most the balance. */
export function dueFor(account: LeaseAccount, elapsed: bigint): bigint {
  const owed = (account.remainder + account.milliRatePerSecond * elapsed) / MILLI;
  return owed < account.balance ? owed : account.balance;
}

/** Bills up to a clock, or to the depletion point where that is earlier, and ends the minimum. */
export function bill(account: LeaseAccount, clock: bigint): Billed {
  const depletedAt = depletionClock(account);
  const open = { ...account, inMinimum: false };
  if (clock >= depletedAt) {
    return {
      account: { ...open, balance: 0n, remainder: 0n, settledClock: depletedAt },
      due: account.balance,
    };
  }
  const owed = account.remainder + account.milliRatePerSecond * (clock - account.settledClock);
  const due = owed / MILLI;
  const balance = account.balance - due;
  return { account: { ...open, balance, remainder: owed % MILLI, settledClock: clock }, due };
}

/** True while a tenant who closes pays the whole minimum, and nobody's settlement bills. */
export function isInMinimum(account: LeaseAccount, minPeriod: bigint, clock: bigint): boolean {
  return account.inMinimum && clock < account.settledClock + minPeriod;
}

/** What a settlement does: nothing where the meter stands still or the minimum runs. */
export function settle(account: LeaseAccount, minPeriod: bigint, clock: bigint): Billed {
  const billable = isMetered(account) && !isInMinimum(account, minPeriod, clock);
  return billable ? bill(account, clock) : { account, due: 0n };
}

/** What the provider has earned since the last settlement, in base units. */
export function accruedAt(account: LeaseAccount, clock: bigint): bigint {
  return isMetered(account) ? dueFor(account, clock - account.settledClock) : 0n;
}

/** The end that a tenant makes: inside the minimum he pays all of it, unless the provider is silent. */
export function closeByTenant(
  account: LeaseAccount,
  minPeriod: bigint,
  provider: ServiceClock,
  now: bigint,
): Closing {
  const clock = clockAt(provider, now);
  const early = isMetered(account) && isInMinimum(account, minPeriod, clock) && !isSilent(provider, now);
  return early ? shareOut(billMinimum(account, minPeriod, clock)) : closeByProvider(account, provider, now);
}

/** Every end but the tenant's own: bills what elapsed. */
export function closeByProvider(account: LeaseAccount, provider: ServiceClock, now: bigint): Closing {
  return shareOut(isMetered(account) ? bill(account, clockAt(provider, now)) : { account, due: 0n });
}

/** What the tenant would get back by closing at a time, in base units. */
export function refundableAt(
  account: LeaseAccount,
  minPeriod: bigint,
  provider: ServiceClock,
  now: bigint,
): bigint {
  return closeByTenant(account, minPeriod, provider, now).refund;
}

/** Where a lease stands at a time; the first match in the contract's order. */
export function statusOf(
  account: LeaseAccount,
  provider: ServiceClock,
  lapsePeriod: bigint,
  now: bigint,
): LeaseStatus {
  if (account.milliRatePerSecond === 0n) return "none";
  if (account.closed) return "closed";
  if (!account.started) return "pending";
  if (!account.paused && clockAt(provider, now) >= depletionClock(account)) return "depleted";
  if (isLapsed(provider, lapsePeriod, now)) return "lapsed";
  return account.paused ? "paused" : "active";
}

/**
 * The account behind a summary, to compute with between two readings of the chain. A summary does not say whether a Lapsed
 * lease is paused; where nothing accrued although time passed, it is.
 */
export function accountOf(summary: LeaseSummary): LeaseAccount {
  const { balance, milliRatePerSecond, settledClock, remainder, inMinimum, status } = summary;
  const closed = status === "closed";
  const started =
    !["none", "pending"].includes(status) && !["declined", "notStarted"].includes(summary.reason);
  const account = { balance, milliRatePerSecond, settledClock, remainder, inMinimum, started, closed };
  const metered = { ...account, paused: false };
  const stands = status === "lapsed" && summary.accrued !== accruedAt(metered, summary.clockNow);
  return { ...metered, paused: status === "paused" || stands };
}

function isMetered(account: LeaseAccount): boolean {
  return account.started && !account.paused && !account.closed;
}

function billMinimum(account: LeaseAccount, minPeriod: bigint, clock: bigint): Billed {
  const due = dueFor(account, minPeriod);
  const balance = account.balance - due;
  return { account: { ...account, inMinimum: false, balance, remainder: 0n, settledClock: clock }, due };
}

function shareOut({ account, due }: Billed): Closing {
  const refund = account.balance;
  return { account: { ...account, balance: 0n, remainder: 0n, closed: true }, due, refund };
}

function ceilDiv(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}

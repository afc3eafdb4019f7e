// SPDX-License-Identifier: Apache-2.0
import {
  accruedAt,
  bill,
  clockAt,
  closeByProvider,
  closeByTenant,
  type Closing,
  costOf,
  depletionClock,
  isInMinimum,
  isSilent,
  type LeaseAccount,
  type LeaseStatus,
  refundableAt,
  type ServiceClock,
  settle,
  statusOf,
} from "@berth/sdk";

const MAX_BALANCE = 2n ** 96n - 1n;
const MAX_CLOCK = 2n ** 32n - 1n;

/** One lease of one provider, as the mirror of the contract's formulas sees it. Amounts in base units, times in seconds. */
export interface LeaseModel {
  readonly account: LeaseAccount;
  readonly provider: ServiceClock;
  readonly minPeriod: bigint;
  readonly startBy: bigint;
  readonly lapsePeriod: bigint;
  /** What came into the tenant's and the provider's free balances. */
  readonly refunded: bigint;
  readonly paid: bigint;
}

export type LeaseAction =
  | {
      readonly kind:
        "wait" | "report" | "start" | "settle" | "pause" | "resume" | "closeByTenant" | "closeByProvider";
    }
  | { readonly kind: "topUp"; readonly amount: bigint };

type Transition = (model: LeaseModel, now: bigint) => LeaseModel | undefined;

const transitions: Record<Exclude<LeaseAction["kind"], "topUp">, Transition> = {
  wait: (model) => model,
  report: (model, now) => ({
    ...model,
    provider: { ...model.provider, clock: clockAt(model.provider, now), lastReportAt: now },
  }),
  start: (model, now) => {
    const inTime = now <= model.startBy && !isSilent(model.provider, now);
    if (statusAt(model, now) !== "pending" || !inTime) return undefined;
    const settledClock = clockAt(model.provider, now);
    return withAccount(model, { started: true, inMinimum: model.minPeriod > 0n, settledClock });
  },
  settle: (model, now) => paying(model, settle(model.account, model.minPeriod, clockAt(model.provider, now))),
  pause: (model, now) => {
    if (!["active", "lapsed"].includes(statusAt(model, now)) || model.account.paused) return undefined;
    const { account, due } = bill(model.account, clockAt(model.provider, now));
    return paying(model, { account: { ...account, paused: true }, due });
  },
  resume: (model, now) => {
    if (statusAt(model, now) !== "paused" || isSilent(model.provider, now)) return undefined;
    return withAccount(model, { paused: false, settledClock: clockAt(model.provider, now) });
  },
  closeByTenant: (model, now) => {
    const status = statusAt(model, now);
    if (status === "closed" || (status === "pending" && now <= model.startBy)) return undefined;
    return ending(model, closeByTenant(model.account, model.minPeriod, model.provider, now));
  },
  closeByProvider: (model, now) => {
    if (statusAt(model, now) === "closed") return undefined;
    return ending(model, closeByProvider(model.account, model.provider, now));
  },
};

/** The lease after an action at a time; undefined where the contract must refuse it. */
export function afterAction(model: LeaseModel, action: LeaseAction, now: bigint): LeaseModel | undefined {
  return action.kind === "topUp" ? toppedUp(model, action.amount, now) : transitions[action.kind](model, now);
}

/** What the contract's summary must say of the lease at a time. */
export function expectedSummary(model: LeaseModel, now: bigint) {
  const { account, provider, minPeriod } = model;
  const clockNow = clockAt(provider, now);
  const depletedAt = depletionClock(account);
  return {
    status: statusAt(model, now),
    balance: account.balance,
    accrued: accruedAt(account, clockNow),
    refundable: refundableAt(account, minPeriod, provider, now),
    remainder: account.remainder,
    settledClock: account.settledClock,
    clockNow,
    depletionClock: depletedAt < MAX_CLOCK ? depletedAt : MAX_CLOCK,
    inMinimum: isInMinimum(account, minPeriod, clockNow),
    silent: isSilent(provider, now),
  };
}

/** What must be paid in at least to revive the lease once it is depleted. */
export function revivalMinimum({ account, minPeriod, provider }: LeaseModel): bigint {
  const { reportPeriod } = provider;
  const cost = costOf(account.milliRatePerSecond, minPeriod > reportPeriod ? minPeriod : reportPeriod);
  return cost > 0n ? cost : 1n;
}

function statusAt({ account, provider, lapsePeriod }: LeaseModel, now: bigint): LeaseStatus {
  return statusOf(account, provider, lapsePeriod, now);
}

function toppedUp(model: LeaseModel, amount: bigint, now: bigint): LeaseModel | undefined {
  const status = statusAt(model, now);
  if (amount <= 0n || !["pending", "active", "paused", "depleted"].includes(status)) return undefined;
  const revived = status === "depleted";
  if (revived && (isSilent(model.provider, now) || amount < revivalMinimum(model))) return undefined;
  const { account, due } = revived
    ? bill(model.account, clockAt(model.provider, now))
    : { account: model.account, due: 0n };
  const balance = account.balance + amount;
  if (balance > MAX_BALANCE) return undefined;
  return paying(model, { account: { ...account, balance, paused: account.paused || revived }, due });
}

function ending(model: LeaseModel, closing: Closing): LeaseModel {
  return { ...paying(model, closing), refunded: model.refunded + closing.refund };
}

function paying(model: LeaseModel, { account, due }: { account: LeaseAccount; due: bigint }): LeaseModel {
  return { ...model, account, paid: model.paid + due };
}

function withAccount(model: LeaseModel, change: Partial<LeaseAccount>): LeaseModel {
  return { ...model, account: { ...model.account, ...change } };
}

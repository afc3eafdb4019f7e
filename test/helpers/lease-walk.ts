// SPDX-License-Identifier: Apache-2.0
import {
  accountOf,
  accruedAt,
  clockAt,
  costOf,
  depletionClock,
  type LeaseStatus,
  type LeaseSummary,
  type Market,
  refundableAt,
  statusOf,
} from "@berth/sdk";
import { expect } from "chai";
import { act, type DrivenLease } from "./lease-driver.ts";
import {
  afterAction,
  expectedSummary,
  type LeaseAction,
  type LeaseModel,
  revivalMinimum,
} from "./lease-model.ts";

/** Edges farther away than this, in seconds, are not walked to. */
const FAR = 200_000n;

/** One block: when it comes, seen from an edge of the lease's life, and what happens in it. */
export interface Step {
  readonly edge: "soon" | "depletion" | "minimum" | "silence" | "lapse" | "startBy";
  /** Seconds before or after the edge; for "soon" seconds from now. */
  readonly offset: bigint;
  readonly kind: LeaseAction["kind"] | "revive";
  /** A top-up pays so many seconds and `jitter` base units more. */
  readonly seconds: bigint;
  /** Base units more than what a top-up pays for, or than the least that revives. */
  readonly jitter: bigint;
}

/** What a walk met: a status and whether the contract took the action, for each step. */
export interface Walked {
  readonly statuses: readonly LeaseStatus[];
  readonly taken: readonly boolean[];
}

/** Takes a lease through steps and compares contract and mirror after each, to the base unit and the second. */
export async function walk(market: Market, lease: DrivenLease, path: readonly Step[]): Promise<Walked> {
  const [statuses, taken]: [LeaseStatus[], boolean[]] = [[], []];
  const money = await moneyOf(market, lease);
  let model = lease.model;
  let now = lease.openedAt;
  await compare(market, lease, model, now, money);
  for (const step of path) {
    const action = actionOf(step, model);
    const time = timeOf(step, model, now);
    const next = afterAction(model, action, time);
    taken.push(await act(lease, action, time));
    expect(taken.at(-1), `${action.kind} taken`).to.equal(next !== undefined);
    model = next ?? model;
    now = time;
    statuses.push(await compare(market, lease, model, now, money));
  }
  return { statuses, taken };
}

function actionOf({ kind, seconds, jitter }: Step, model: LeaseModel): LeaseAction {
  if (kind === "revive") return { kind: "topUp", amount: revivalMinimum(model) + jitter };
  if (kind !== "topUp") return { kind };
  const amount = costOf(model.account.milliRatePerSecond, seconds) + jitter;
  return { kind, amount: amount > 0n ? amount : 0n };
}

/** When a step's block comes: later than the newest one, and not in a time that no life reaches. */
function timeOf({ edge, offset }: Step, model: LeaseModel, now: bigint): bigint {
  const time = edgeTime(edge, model, now) + offset;
  const near = time > now + FAR ? now + FAR : time;
  return near > now ? near : now + 1n;
}

function edgeTime(
  edge: Step["edge"],
  { account, provider, minPeriod, startBy, lapsePeriod }: LeaseModel,
  now: bigint,
): bigint {
  const atClock = (clock: bigint): bigint => now + clock - clockAt(provider, now);
  const silentAt = provider.lastReportAt + provider.reportPeriod;
  const times = {
    soon: now,
    depletion: atClock(depletionClock(account)),
    minimum: atClock(account.settledClock + minPeriod),
    silence: silentAt,
    lapse: silentAt + lapsePeriod,
    startBy,
  };
  return times[edge];
}

interface Money {
  readonly tenant: bigint;
  readonly provider: bigint;
}

async function moneyOf(market: Market, { local, tenant, provider }: DrivenLease): Promise<Money> {
  const [ofTenant, ofProvider] = await Promise.all([
    market.balanceOf(local.token, tenant),
    market.balanceOf(local.token, provider),
  ]);
  return { tenant: ofTenant, provider: ofProvider };
}

async function compare(
  market: Market,
  lease: DrivenLease,
  model: LeaseModel,
  now: bigint,
  before: Money,
): Promise<LeaseStatus> {
  const [summary, money] = await Promise.all([market.leaseSummary(lease.leaseId), moneyOf(market, lease)]);
  const expected = expectedSummary(model, now);
  expect(pick(summary, expected)).to.deep.equal(expected);
  expect(money).to.deep.equal({
    tenant: before.tenant + model.refunded,
    provider: before.provider + model.paid,
  });
  expectSameFutureFrom(summary, model, now);
  return summary.status;
}

/** The account read back from a summary must compute the same as the one that was never written down. */
function expectSameFutureFrom(summary: LeaseSummary, model: LeaseModel, now: bigint): void {
  const account = accountOf(summary);
  const { provider, minPeriod, lapsePeriod } = model;
  for (const time of [now, now + 1n, now + 600n]) {
    const clock = clockAt(provider, time);
    expect(accruedAt(account, clock)).to.equal(accruedAt(model.account, clock));
    expect(refundableAt(account, minPeriod, provider, time)).to.equal(
      refundableAt(model.account, minPeriod, provider, time),
    );
    expect(statusOf(account, provider, lapsePeriod, time)).to.equal(
      statusOf(model.account, provider, lapsePeriod, time),
    );
  }
}

function pick(summary: LeaseSummary, keys: object): object {
  return Object.fromEntries(Object.entries(summary).filter(([key]) => key in keys));
}

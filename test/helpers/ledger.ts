// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type {
  DisputeStructOutput,
  LeaseSummaryStructOutput,
  ProviderSummaryStructOutput,
} from "../../typechain-types/ComputeMarket.ts";
import { Reason, Status } from "./enums.ts";
import { freeOf, summaryOf } from "./leases.ts";
import { ASKED, AWARD, TOP_UP } from "./scenes.ts";
import type { Deed, Fact, Fate, Outcome } from "./state-machine.ts";
import { DISPUTE_WINDOW, RULING_PERIOD, now } from "./time.ts";
import { COLLATERAL, RETENTION_PERIOD } from "./world.ts";
import type { World } from "./world.ts";

/** A tenth of the collateral. */
const BOND = COLLATERAL / 10n;

/** What the market says of a lease, its dispute and the stake behind it. */
export interface Ledger {
  lease: LeaseSummaryStructOutput;
  dispute: DisputeStructOutput;
  provider: ProviderSummaryStructOutput;
  staked: bigint;
  locked: bigint;
  taken: bigint;
  /** Free balances of tenant and provider, who may be one. */
  free: { tenant: bigint; provider: bigint };
}

interface Step {
  before: Ledger;
  after: Ledger;
  facts: Fact[];
}

export async function readLedger(world: World, leaseId: bigint): Promise<Ledger> {
  const { market, usd: token, owner } = world;
  const [lease, dispute, provider, { staked, locked }] = await Promise.all([
    summaryOf(world, leaseId),
    market.disputeOf(leaseId),
    market.providerOf(owner),
    market.stakeOf(token, owner),
  ]);
  const { taken } = await market.offerOf(lease.offerId);
  const free = {
    tenant: await market.balanceOf(token, lease.tenant),
    provider: await market.balanceOf(token, owner),
  };
  return { lease, dispute, provider, staked, locked, taken, free };
}

/** The facts of the page, as the market's views tell them. */
export async function factsOf(world: World, { lease, dispute }: Ledger): Promise<Fact[]> {
  if (lease.status === Status.None) return [];
  const { terms } = await world.market.offerOf(lease.offerId);
  const holds: Record<Fact, boolean> = {
    late: lease.startLate,
    silent: lease.silent,
    early: lease.inMinimum,
    over: lease.status === Status.Depleted && lease.clockNow >= lease.depletionClock + RETENTION_PERIOD,
    paused: lease.status === Status.Lapsed && lease.accrued === 0n,
    unjudged: BigInt(terms.arbitrator) === 0n,
    disputed: lease.disputed,
    overdue: lease.disputed && now() > dispute.ruleBy,
    ruled: dispute.used,
    bare: lease.collateral === 0n,
    past: lease.status === Status.Closed && now() > lease.closedAt + DISPUTE_WINDOW,
  };
  return (Object.keys(holds) as Fact[]).filter((fact) => holds[fact]);
}

/** Free balances, stakes, the lease and its bond are what the market holds of the token. */
export async function expectMoneyAddsUp(world: World, leaseId: bigint): Promise<void> {
  const { market, usd: token, owner, rival, operator, tenant, otherTenant, arbitrator, stranger } = world;
  const accounts = [owner, operator, tenant, otherTenant, arbitrator, stranger];
  const free = await Promise.all(accounts.map((account) => freeOf(world, account)));
  const stakes = await Promise.all([owner, rival].map((actor) => market.stakeOf(token, actor)));
  const [{ balance }, dispute] = await Promise.all([summaryOf(world, leaseId), market.disputeOf(leaseId)]);
  const parts = [...free, ...stakes.map(({ staked }) => staked), balance, dispute.open ? dispute.bond : 0n];
  expect(await token.balanceOf(market)).to.equal(parts.reduce((sum, part) => sum + part, 0n));
}

function expectStatusKept({ before, after }: Step, events: bigint): void {
  expect(after.lease.status).to.equal(before.lease.status);
  expect(after.provider.sequence).to.equal(before.provider.sequence + events);
}

/** Stake and collateral as they were, but for what is taken from the one and freed of the other. */
function expectStake({ before, after }: Step, taken: bigint, freed: bigint): void {
  expect([after.staked, after.locked]).to.deep.equal([before.staked - taken, before.locked - freed]);
  expect(after.lease.collateral).to.equal(before.lease.collateral - freed);
}

function expectPaid({ before, after }: Step, tenant: bigint, provider: bigint): void {
  const one = before.lease.tenant === before.lease.provider;
  const [toTenant, toProvider] = one ? [tenant + provider, tenant + provider] : [tenant, provider];
  expect(after.free).to.deep.equal({
    tenant: before.free.tenant + toTenant,
    provider: before.free.provider + toProvider,
  });
}

function expectDisputeOver(step: Step, taken: bigint, freed: bigint): void {
  expect([step.before.dispute.open, step.after.dispute.open, step.after.dispute.used]).to.deep.equal([
    true,
    false,
    true,
  ]);
  expectStatusKept(step, 0n);
  expectStake(step, taken, freed);
}

function expectAside(step: Step): void {
  const { before, after } = step;
  expectStatusKept(step, 0n);
  expectStake({ before: { ...before, staked: after.staked }, after, facts: [] }, 0n, 0n);
  const kept = ({ lease, dispute }: Ledger): unknown[] => [
    ...[lease.balance, lease.settledClock, lease.remainder, lease.milliRatePerSecond],
    ...[lease.reason, lease.closedAt, lease.startBy, lease.tenant],
    ...dispute,
  ];
  expect(kept(after)).to.deep.equal(kept(before));
}

function expectDisputed(step: Step): void {
  const { open, used, amount, bond, ruleBy } = step.after.dispute;
  expect([open, used, amount, bond, ruleBy]).to.deep.equal([true, false, ASKED, BOND, now() + RULING_PERIOD]);
  expect([step.before.lease.disputed, step.after.lease.disputed]).to.deep.equal([false, true]);
  expectStatusKept(step, 0n);
  expectStake(step, 0n, 0n);
  expectPaid(step, -BOND, 0n);
}

function unlockedWhereClosed({ lease }: Ledger): bigint {
  return lease.status === Status.Closed ? lease.collateral : 0n;
}

const EXPECT: Record<Deed, (step: Step) => void> = {
  skipped: ({ before, after }) => expect({ ...after, free: before.free }).to.deep.equal(before),
  aside: expectAside,
  same: (step) => expectStatusKept(step, 1n),
  amended: (step) => {
    expectStatusKept(step, 1n);
    expect(step.after.lease.milliRatePerSecond).to.equal(step.before.lease.milliRatePerSecond / 2n);
  },
  settled: (step) => {
    expectStatusKept(step, 0n);
    expect(step.after.lease.settledClock).to.be.greaterThan(step.before.lease.settledClock);
    expect(step.after.lease.accrued).to.equal(0n);
  },
  revived: ({ before, after }) => {
    expect([after.lease.status, after.lease.balance]).to.deep.equal([Status.Paused, TOP_UP]);
    expect(after.provider.sequence).to.equal(before.provider.sequence + 2n);
  },
  cured: ({ before, after, facts }) => {
    expect(after.lease.status).to.equal(facts.includes("paused") ? Status.Paused : Status.Active);
    expect(after.provider.sequence).to.equal(before.provider.sequence);
  },
  unlocked: (step) => {
    expectStatusKept(step, 0n);
    expectStake(step, 0n, COLLATERAL);
  },
  disputed: expectDisputed,
  awarded: (step) => {
    expectDisputeOver(step, AWARD, COLLATERAL);
    expectPaid(step, AWARD + BOND, 0n);
  },
  dismissed: (step) => {
    expectDisputeOver(step, 0n, unlockedWhereClosed(step.before));
    expectPaid(step, 0n, BOND);
  },
  expired: (step) => {
    expectDisputeOver(step, 0n, unlockedWhereClosed(step.before));
    expectPaid(step, BOND, 0n);
  },
};

/** How much of the collateral a close frees, by the page's words. */
function freedBy(fate: Fate, { before, facts }: Step): bigint {
  const stays = {
    freed: before.lease.disputed,
    held: before.lease.disputed || !(facts.includes("unjudged") || facts.includes("ruled")),
    forfeited: false,
  };
  return stays[fate] ? 0n : before.lease.collateral;
}

function expectClosed(step: Step, { reason, fate }: Extract<Outcome, { kind: "closed" }>): void {
  const { before, after } = step;
  expect([after.lease.status, after.lease.reason]).to.deep.equal([Status.Closed, Reason[reason]]);
  expect(after.provider.sequence).to.equal(before.provider.sequence + 1n);
  expect(after.taken).to.equal(before.taken - 1n);
  expect([after.lease.balance, after.lease.closedAt]).to.deep.equal([0n, now()]);
  const freed = freedBy(fate, step);
  expectStake(step, fate === "forfeited" ? freed : 0n, freed);
  expect(after.lease.disputed).to.equal(before.lease.disputed && fate !== "forfeited");
}

/** Holds what a call has done to what the page says of it. */
export function expectOutcome(step: Step, outcome: Exclude<Outcome, { kind: "refused" }>): void {
  if (outcome.kind === "closed") expectClosed(step, outcome);
  else if (outcome.kind === "status") {
    expect(step.after.lease.status).to.equal(Status[outcome.status]);
    expect(step.after.provider.sequence).to.equal(step.before.provider.sequence + 1n);
  } else EXPECT[outcome.kind](step);
}

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import type { BaseContract } from "ethers";
import type { DisputeStructOutput } from "../../typechain-types/ComputeMarket.ts";
import { usd } from "./amounts.ts";
import { ethers } from "./chain.ts";
import { Cause } from "./enums.ts";
import { expectMoneyAddsUp } from "./ledger.ts";
import { AMOUNT, depletedLease, report, serve, startLease, summaryOf } from "./leases.ts";
import type { OpenOptions } from "./leases.ts";
import { plain } from "./plain.ts";
import { ASKED } from "./scenes.ts";
import { advanceTo } from "./time.ts";
import { fund } from "./tokens.ts";
import { COLLATERAL, RETENTION_PERIOD, createOffer, loadWorld, termsOf } from "./world.ts";
import type { World } from "./world.ts";

/** A tenth of the standard collateral. */
export const BOND = COLLATERAL / 10n;

export type Build = (world: World, options?: OpenOptions) => Promise<bigint>;

/** A lease and the market that it lives in. */
export interface Case {
  world: World;
  leaseId: bigint;
}

/** Whatever a dispute can move: the free balances of those who have a part in it, and the provider's stake. */
export interface Purse {
  tenant: bigint;
  provider: bigint;
  arbitrator: bigint;
  stranger: bigint;
  staked: bigint;
  locked: bigint;
}

export async function purseOf({ market, usd: token, ...actors }: World): Promise<Purse> {
  const accounts = [actors.tenant, actors.owner, actors.arbitrator, actors.stranger] as const;
  const [tenant, provider, arbitrator, stranger] = [
    await market.balanceOf(token, accounts[0]),
    await market.balanceOf(token, accounts[1]),
    await market.balanceOf(token, accounts[2]),
    await market.balanceOf(token, accounts[3]),
  ];
  const { staked, locked } = await market.stakeOf(token, actors.owner);
  return { tenant, provider, arbitrator, stranger, staked, locked };
}

/** Everything moved by these amounts and by nothing else, and what the market owes is what it holds. */
export async function expectMoved(
  { world, leaseId }: Case,
  before: Purse,
  changes: Partial<Purse>,
): Promise<void> {
  const expected = { ...before };
  for (const [name, change] of Object.entries(changes) as [keyof Purse, bigint][]) expected[name] += change;
  expect(await purseOf(world)).to.deep.equal(expected);
  await expectMoneyAddsUp(world, leaseId);
}

/** A lease of a fresh market whose tenant has a free dollar. */
export async function leaseOf(build: Build = startLease, options: OpenOptions = {}): Promise<Case> {
  const world = await loadWorld();
  const leaseId = await build(world, options);
  await world.market.connect(options.tenant ?? world.tenant).deposit(world.usd, usd(1));
  return { world, leaseId };
}

/** As {@link leaseOf}, with a dispute that awaits its ruling. */
export async function disputedLease(build: Build = startLease, options: OpenOptions = {}): Promise<Case> {
  const { world, leaseId } = await leaseOf(build, options);
  await world.market.connect(options.tenant ?? world.tenant).openDispute(leaseId, ASKED, "ipfs://evidence");
  return { world, leaseId };
}

/** Lets time pass to the last second of a ruling, or so many seconds beyond it. */
export async function awaitRuling({ world, leaseId }: Case, beyond: bigint = 0n): Promise<bigint> {
  const { ruleBy } = await world.market.disputeOf(leaseId);
  await advanceTo(ruleBy + beyond);
  return ruleBy;
}

export async function disputeOf({ world, leaseId }: Case): Promise<DisputeStructOutput> {
  return world.market.disputeOf(leaseId);
}

/** All that the market says of a lease, name by name. */
export async function wholeOf({ world, leaseId }: Case): Promise<Record<string, unknown>> {
  return plain(await summaryOf(world, leaseId)) as Record<string, unknown>;
}

/** A lease that its provider completed in the second in which it started. */
export const completedLease: Build = async (world, options = {}) => {
  const leaseId = await startLease(world, options);
  await world.market.connect(world.operator).complete(0n, leaseId, 0n, "");
  return leaseId;
};

/** A lease that a stranger closed once its data was kept long enough. */
export const ranOut: Build = async (world, options = {}) => {
  const leaseId = await depletedLease(world, options);
  await report(world);
  await serve(world, RETENTION_PERIOD);
  await world.market.connect(world.stranger).close(leaseId);
  return leaseId;
};

/** A lease that its provider closed once its data was kept long enough. */
export const ranOutByProvider: Build = async (world, options = {}) => {
  const leaseId = await depletedLease(world, options);
  await report(world);
  await serve(world, RETENTION_PERIOD);
  await world.market.connect(world.operator).closeByProvider(0n, [leaseId], Cause.Unspecified);
  return leaseId;
};

/** A started lease in a token that can ban accounts, with an arbitrator and a free dollar of the tenant. */
export async function bannableLease(): Promise<Case & { ban: (account: string) => Promise<unknown> }> {
  const loaded = await loadWorld();
  const token = await ethers.deployContract("BlockingToken", loaded.deployer);
  await fund(loaded, token);
  const world: World = { ...loaded, usd: token as BaseContract as World["usd"] };
  const { market, owner, tenant, stranger, arbitrator } = world;
  await market.connect(owner).stake(token, AMOUNT);
  const terms = termsOf(token, { arbitrator: arbitrator.address });
  const leaseId = await startLease(world, { offerId: await createOffer(market, owner, terms) });
  await market.connect(tenant).deposit(token, usd(1));
  return { world, leaseId, ban: (account) => token.connect(stranger).ban(account) };
}

/** A lease of an offer with other terms, started, its tenant with a free dollar. */
export async function leaseUnder(changes: Parameters<typeof termsOf>[1]): Promise<Case> {
  const world = await loadWorld();
  const { market, owner, tenant, usd: token, arbitrator } = world;
  const terms = termsOf(token, { arbitrator: arbitrator.address, ...changes });
  const leaseId = await startLease(world, { offerId: await createOffer(market, owner, terms) });
  await market.connect(tenant).deposit(token, usd(1));
  return { world, leaseId };
}

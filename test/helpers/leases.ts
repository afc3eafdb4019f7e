// SPDX-License-Identifier: Apache-2.0
import { ZeroHash, id } from "ethers";
import type { LeaseSummaryStructOutput } from "../../typechain-types/ComputeMarket.ts";
import type { Actor } from "./actors.ts";
import { MAX_RATE, usd } from "./amounts.ts";
import { Cause } from "./enums.ts";
import { LAPSE_PERIOD, advance } from "./time.ts";
import { REPORT_PERIOD } from "./world.ts";
import type { World } from "./world.ts";

export const MANIFEST = id("manifest");

/** Ten hours at the standard rate. */
export const AMOUNT = usd(10);

export interface OpenOptions {
  offerId?: bigint;
  amount?: bigint;
  tenant?: Actor;
}

/** Opens a lease of the provider from the tenant's wallet and answers its number. */
export async function openLease(world: World, options: OpenOptions = {}): Promise<bigint> {
  const tenant = options.tenant ?? world.tenant;
  const offerId = options.offerId ?? world.offerId;
  const { provider } = await world.market.offerOf(offerId);
  const amount = options.amount ?? AMOUNT;
  await world.market.connect(tenant).open(offerId, provider, MAX_RATE, amount, MANIFEST, tenant);
  return world.market.leaseCount();
}

/** Opens a lease and has the daemon start it in the same second. */
export async function startLease(world: World, options: OpenOptions = {}): Promise<bigint> {
  const leaseId = await openLease(world, options);
  await startExisting(world, [leaseId]);
  return leaseId;
}

/** Has the daemon start leases of the provider. */
export async function startExisting(world: World, leaseIds: bigint[]): Promise<void> {
  await world.market.connect(world.operator).start(await instanceOf(world), leaseIds);
}

/** The provider's current instance. */
export async function instanceOf(world: World): Promise<bigint> {
  return (await world.market.providerOf(world.owner)).instance;
}

/** One report of the daemon, now, without figures. */
export async function report(world: World): Promise<void> {
  await world.market.connect(world.operator).report(world.owner, await instanceOf(world), ZeroHash, "", []);
}

/** Lets time pass with the provider there: a report at the end of every report period. */
export async function serve(world: World, seconds: bigint): Promise<void> {
  for (let left = seconds; left > 0n; left -= REPORT_PERIOD) {
    await advance(left < REPORT_PERIOD ? left : REPORT_PERIOD);
    await report(world);
  }
}

/** Lets time pass without a report until the provider has lapsed, in its first second. */
export async function lapse(): Promise<void> {
  await advance(REPORT_PERIOD + LAPSE_PERIOD + 1n);
}

/** A started lease that uses its balance up in this second: one hour's money, an hour later. */
export async function depletedLease(world: World, options: OpenOptions = {}): Promise<bigint> {
  const leaseId = await startLease(world, { amount: usd(1), ...options });
  await advance(REPORT_PERIOD);
  return leaseId;
}

/** A started lease with the meter standing still. */
export async function pausedLease(world: World, options: OpenOptions = {}): Promise<bigint> {
  const leaseId = await startLease(world, options);
  await world.market.connect(world.operator).pause(await instanceOf(world), leaseId);
  return leaseId;
}

/** A lease ended by its provider in the second in which it started: nothing billed. */
export async function endedByProvider(world: World, options: OpenOptions = {}): Promise<bigint> {
  const leaseId = await startLease(world, options);
  await world.market.connect(world.operator).closeByProvider(await instanceOf(world), [leaseId], Cause.Drain);
  return leaseId;
}

/** Everything about a lease, as the market shows it now. */
export function summaryOf(world: World, leaseId: bigint): Promise<LeaseSummaryStructOutput> {
  return world.market.leaseSummary(leaseId);
}

/** What an account can withdraw now. */
export function freeOf(world: World, account: Actor): Promise<bigint> {
  return world.market.balanceOf(world.usd, account);
}

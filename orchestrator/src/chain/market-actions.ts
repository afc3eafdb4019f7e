// SPDX-License-Identifier: Apache-2.0
import { BerthError, type CloseCause, type LeaseSummary, type Market, marketCalls } from "@berth/sdk";
import { crashpoint } from "../crashpoint.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { MarketActions } from "../ports/market-chain.ts";
import { readPast } from "./caught-up.ts";
import { withoutEffect } from "./effects.ts";
import { isHeld, ownsInstance, purposeOfClaim } from "./claims.ts";
import { type LeaseAct, leaseActs } from "./lease-acts.ts";
import { ownInstance } from "./own-instance.ts";
import { readChain } from "./read.ts";
import { createReports } from "./reports.ts";
import { createSharedAct } from "./shared-acts.ts";
import type { TransactionSender } from "./transaction-sender.ts";

export interface MarketActionsOptions {
  readonly sender: Pick<TransactionSender, "send">;
  readonly market: Market;
  readonly provider: `0x${string}`;
  readonly journal: Pick<Journal, "instance" | "setInstance" | "minedFor">;
  readonly clock: Clock;
  /** Told of the provider's instance where the contract refuses ours. */
  readonly shown: (instance: number) => void;
}

/**
 * What the daemon does in the market, under the journal's instance. An act first reads whether its effect is there already, and
 * then sends nothing; after its transaction it reads the state of that block back, because a receipt alone proves no effect.
 */
export function createMarketActions(options: MarketActionsOptions): MarketActions {
  const acts = leaseActs(marketCalls(options.market.address));
  const change = (leaseId: LeaseId, act: LeaseAct, signal: AbortSignal): Promise<void> =>
    underInstance(options, signal, () => changeLease(options, leaseId, act, signal));
  const start = createSharedAct(options, acts.start);
  const closes = new Map<CloseCause, ReturnType<typeof createSharedAct>>();
  const closeFor = (cause: CloseCause): ReturnType<typeof createSharedAct> => {
    const close = closes.get(cause) ?? createSharedAct(options, acts.close(cause));
    closes.set(cause, close);
    return close;
  };
  const report = createReports(options);
  return {
    startLease: (leaseId, signal) => underInstance(options, signal, () => start(leaseId, signal)),
    pauseLease: (leaseId, signal) =>
      underInstance(options, signal, () => pauseLease(options, leaseId, acts.pause, signal)),
    resumeLease: (leaseId, signal) => change(leaseId, acts.resume, signal),
    completeLease: (leaseId, exitCode, signal) => change(leaseId, acts.complete(exitCode), signal),
    closeLease: (leaseId, cause, signal) =>
      underInstance(options, signal, () => closeFor(cause)(leaseId, signal)),
    report: (usage, signal) => underInstance(options, signal, () => report(usage, signal)),
    claimInstance: (expected, signal) => claimInstance(options, expected, signal),
  };
}

async function changeLease(
  { sender, market, journal, clock }: MarketActionsOptions,
  leaseId: LeaseId,
  { verb, call, done, left }: LeaseAct,
  signal: AbortSignal,
): Promise<void> {
  const purpose = `${verb} lease ${leaseId}`;
  const read = (turn: AbortSignal, blockNumber?: bigint): Promise<LeaseSummary> =>
    readChain(turn, () => market.leaseSummary(leaseId, { blockNumber, signal: turn }));
  const prepare = async (turn: AbortSignal) =>
    done.includes((await read(turn)).status) ? null : call(ownInstance(journal), leaseId);
  const mined = await sender.send({ purpose, worth: "change", prepare }, signal);
  if (mined === null) return;
  const { client } = market;
  const { status } = await readPast({ client, clock }, mined.blockNumber, signal, () =>
    read(signal, mined.blockNumber),
  );
  if (left.includes(status)) throw withoutEffect(purpose, mined, `lease ${leaseId} is ${status}`);
}

/** A lapsed lease does not show whether it is paused; the contract refuses to pause it twice, and then the effect is there. */
async function pauseLease(
  options: MarketActionsOptions,
  leaseId: LeaseId,
  act: LeaseAct,
  signal: AbortSignal,
): Promise<void> {
  try {
    await changeLease(options, leaseId, act, signal);
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== "E_LEASE_STATUS_UNEXPECTED") throw error;
    const { status } = await readChain(signal, () => options.market.leaseSummary(leaseId, { signal }));
    if (status !== "lapsed") throw error;
  }
}

async function claimInstance(
  { sender, market, provider, journal, clock }: MarketActionsOptions,
  expected: number,
  signal: AbortSignal,
): Promise<number> {
  const ours = expected + 1;
  const purpose = purposeOfClaim(ours);
  const read = (turn: AbortSignal, blockNumber?: bigint) =>
    readChain(turn, () => market.providerOf(provider, { blockNumber, signal: turn }));
  const { claimInstance: call } = marketCalls(market.address);
  const prepare = async (turn: AbortSignal) => {
    const instance = Number((await read(turn)).instance);
    const isOurs = await ownsInstance(journal, instance, (hashes) => isHeld(market.client, hashes, turn));
    if (isOurs && instance > (journal.instance() ?? -1)) journal.setInstance(instance);
    return isOurs && instance === journal.instance() ? null : call(provider, BigInt(expected));
  };
  const mined = await sender.send({ purpose, worth: "report", prepare }, signal);
  if (mined === null) return Number(ownInstance(journal));
  const { client } = market;
  const { instance } = await readPast({ client, clock }, mined.blockNumber, signal, () =>
    read(signal, mined.blockNumber),
  );
  if (instance < ours) throw withoutEffect(purpose, mined, `the instance is ${instance}`);
  crashpoint("instance-claimed");
  journal.setInstance(ours);
  crashpoint("instance-kept");
  return ours;
}

/** Acts; where the chain took our claim of the instance back, and nobody else has claimed it since, it is claimed and acted again. */
async function underInstance<Done>(
  options: MarketActionsOptions,
  signal: AbortSignal,
  act: () => Promise<Done>,
): Promise<Done> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== "E_PROVIDER_INSTANCE_STALE") throw error;
    const { market, provider, journal, shown } = options;
    const current = Number((await readChain(signal, () => market.providerOf(provider, { signal }))).instance);
    shown(current);
    if (current >= Number(ownInstance(journal))) throw error;
    await claimInstance(options, current, signal);
    return act();
  }
}

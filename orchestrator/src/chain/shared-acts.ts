// SPDX-License-Identifier: Apache-2.0
import { type BerthError, type LeaseSummary, UserError } from "@berth/sdk";
import type { LeaseId } from "../domain/identity.ts";
import { readPast } from "./caught-up.ts";
import { withoutEffect } from "./effects.ts";
import type { SharedAct } from "./lease-acts.ts";
import type { MarketActionsOptions } from "./market-actions.ts";
import { ownInstance } from "./own-instance.ts";
import { readChain } from "./read.ts";
import type { TransactionRequest } from "./transaction-sender.ts";

/** One who waits for his lease's change. */
interface Asker {
  readonly leaseId: LeaseId;
  /** Aborted once a transaction that another asked for has changed this lease too. */
  readonly happened: AbortController;
}

/** Most leases in one transaction: a hundred closes take some 2.5 million gas, and a transaction may hold 16.7 million. */
const MOST_IDS = 100;
/** Refusals that are of the provider or the operator, and so of every lease alike. */
const OF_ALL = /^E_(PROVIDER|GAS_MONEY|OPERATOR)_/;

/**
 * Changes leases in one way, for all who ask: what is asked for while the sender is busy goes out together in its next transaction.
 * Who asked gets his own answer: the state of his lease afterwards, or what the contract says of that lease alone.
 */
export function createSharedAct(
  options: MarketActionsOptions,
  act: SharedAct,
): (leaseId: LeaseId, signal: AbortSignal) => Promise<void> {
  const asking = new Set<Asker>();
  return async (leaseId, signal) => {
    const asker = { leaseId, happened: new AbortController() };
    asking.add(asker);
    try {
      await changeWithOthers(options, act, asker, asking, AbortSignal.any([signal, asker.happened.signal]));
    } catch (error) {
      if (!asker.happened.signal.aborted) throw error;
    } finally {
      asking.delete(asker);
    }
  };
}

async function changeWithOthers(
  { sender, market, journal, clock }: MarketActionsOptions,
  act: SharedAct,
  own: Asker,
  asking: ReadonlySet<Asker>,
  signal: AbortSignal,
): Promise<void> {
  let most = MOST_IDS;
  let together: readonly LeaseId[] = [own.leaseId];
  const read = (ids: readonly LeaseId[], turn: AbortSignal, blockNumber?: bigint) =>
    readChain(turn, () => market.leaseSummaries(ids, { blockNumber, signal: turn }));
  const request: TransactionRequest<ReturnType<SharedAct["call"]> | null> = {
    get purpose() {
      return purposeOf(act, together);
    },
    worth: act.worth,
    prepare: async (turn) => {
      const ids = [...new Set([own, ...asking].map(({ leaseId }) => leaseId))].slice(0, most);
      const leases = await read(ids, turn);
      if (hasStatus(leases[0], act.done)) return null;
      together = fitOf(act, ids, leases);
      return act.call(ownInstance(journal), together);
    },
    narrow: (refusal) => {
      if (together.length === 1 || !isOfSome(refusal)) return false;
      most = Math.floor(together.length / 2);
      return true;
    },
  };
  const mined = await sender.send(request, signal);
  if (mined === null) return;
  const after = await readPast({ client: market.client, clock }, mined.blockNumber, signal, () =>
    read(together, signal, mined.blockNumber),
  );
  const changed = new Set(together.filter((_, index) => !hasStatus(after[index], act.left)));
  for (const { leaseId, happened } of asking)
    if (leaseId !== own.leaseId && changed.has(leaseId)) happened.abort();
  if (changed.has(own.leaseId)) return;
  throw withoutEffect(request.purpose, mined, `lease ${own.leaseId} is ${after[0]?.status}`);
}

/** The first lease, and the others that can be changed with it; alone where it cannot be changed, so that the contract says why. */
function fitOf(
  { isFit }: SharedAct,
  ids: readonly LeaseId[],
  leases: readonly LeaseSummary[],
): readonly LeaseId[] {
  const fit = ids.filter((_, index) => leases[index] !== undefined && isFit(leases[index]));
  return fit[0] === ids[0] ? fit : ids.slice(0, 1);
}

/** One lease may be what the contract refuses the list for. */
function isOfSome(refusal: BerthError): boolean {
  return refusal instanceof UserError && !OF_ALL.test(refusal.code);
}

function hasStatus(lease: LeaseSummary | undefined, statuses: SharedAct["done"]): boolean {
  return lease !== undefined && statuses.includes(lease.status);
}

function purposeOf({ verb }: SharedAct, ids: readonly LeaseId[]): string {
  return ids.length === 1 ? `${verb} lease ${ids[0]}` : `${verb} leases ${ids.join(", ")}`;
}

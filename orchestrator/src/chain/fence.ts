// SPDX-License-Identifier: Apache-2.0
import { failureOf } from "../domain/failure.ts";
import { type BerthError } from "@berth/sdk";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import type { MarketChain } from "../ports/market-chain.ts";
import { instanceTaken } from "./instance.ts";
import type { TransactionSender } from "./transaction-sender.ts";

/** Keeps a daemon from acting once another one of the same provider has taken over. */
export interface Fence {
  /** Aborted with PermanentError E_INSTANCE_TAKEN once the chain has shown a newer instance than ours; never taken back in this run. */
  readonly overtaken: AbortSignal;
  /** Told of the provider's instance as the chain shows it. */
  shown(instance: number): void;
  /** Told why this daemon may not act. */
  fall(taken: BerthError): void;
  /** The same chain, which tells of the instance whenever the provider is read. */
  watching(chain: MarketChain): MarketChain;
  /** The same sender, which begins nothing any more once we are overtaken, and insists on nothing that is on its way. */
  holding(sender: TransactionSender): TransactionSender;
}

export function createFence({
  journal,
  log,
}: {
  readonly journal: Pick<Journal, "instance">;
  readonly log: Log;
}): Fence {
  const fallen = new AbortController();
  const overtaken = fallen.signal;
  const fall = (taken: BerthError): void => {
    if (overtaken.aborted) return;
    const { atRisk, next } = taken;
    log.error({ ...failureOf(taken), atRisk, next }, "this daemon does not act any more");
    fallen.abort(taken);
  };
  const shown = (current: number): void => {
    const ours = journal.instance();
    if (ours !== null && current > ours) fall(instanceTaken(ours, current));
  };
  return {
    overtaken,
    shown,
    fall,
    watching: (chain) => ({
      ...chain,
      provider: async (block, signal) => {
        const summary = await chain.provider(block, signal);
        shown(Number(summary.instance));
        return summary;
      },
    }),
    holding: (sender) => ({
      ...sender,
      send: (request, signal) => sender.send(request, AbortSignal.any([signal, overtaken])),
      recover: async (signal) => {
        if (!overtaken.aborted) await sender.recover(AbortSignal.any([signal, overtaken]));
      },
    }),
  };
}

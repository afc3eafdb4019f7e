// SPDX-License-Identifier: Apache-2.0
import { type BerthError, RetryableError } from "@berth/sdk";
import type { ChainBlock, MarketChain } from "../ports/market-chain.ts";

/** Keeps the daemon from acting while the follower knows better than to trust the head. */
export interface ActingGate {
  /** From now on there is no head to act on, and this is why. */
  close(why: BerthError): void;
  open(): void;
  /** The chain for whoever acts: a head is an error while the gate is closed. */
  readonly chain: MarketChain;
}

export function createActingGate(chain: MarketChain): ActingGate {
  let closed: BerthError | null = null;
  return {
    close: (why) => void (closed = why),
    open: () => void (closed = null),
    chain: {
      ...chain,
      head: async (signal, purpose) => {
        if (closed !== null) throw closed;
        return chain.head(signal, purpose);
      },
    },
  };
}

/** The chain parts from the one that was followed before all blocks that are remembered. */
export function reorgTooDeep(replaced: ChainBlock, head: ChainBlock): RetryableError {
  return new RetryableError(
    "E_REORG_TOO_DEEP",
    `The chain was replaced deeper than is remembered: from block ${replaced.number} down, and is now at ${head.number}.`,
    {
      atRisk: "nothing is decided until all events and leases were read again; what runs goes on running",
      next: "Nothing, if the chain did this. Otherwise compare the RPCs in BERTH_RPC_URLS with a block explorer.",
      facts: { replaced: replaced.hash, head: head.hash },
    },
  );
}

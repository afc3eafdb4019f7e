// SPDX-License-Identifier: Apache-2.0
import { type BerthError, RetryableError } from "@berth/sdk";
import type { HeadPurpose } from "../domain/head-policy.ts";
import type { ChainBlock, MarketChain } from "../ports/market-chain.ts";

/** Keeps the daemon from acting while the follower knows better than to trust the head. */
export interface ActingGate {
  /** From now on there is no head to act on, and this is why. */
  close(why: BerthError): void;
  open(): void;
  /** Blocks above this one were taken back, or, where it is null, nobody knows which: the next head may be as old as that. */
  replaced(ancestor: ChainBlock | null): void;
  /**
   * The chain for whoever acts: a head is an error while the gate is closed, and where it is older than one that was there before.
   * A node that is behind shows leases that are not opened yet, or without the money that came since.
   */
  readonly chain: MarketChain;
}

/** `seen` is the newest block that an earlier run of this daemon acted on; null where there was none. */
export function createActingGate(chain: MarketChain, seen: bigint | null): ActingGate {
  let closed: BerthError | null = null;
  const newest = new Map<HeadPurpose, bigint>(seen === null ? [] : [["act", seen]]);
  return {
    close: (why) => void (closed = why),
    open: () => void (closed = null),
    replaced: (ancestor) => {
      if (ancestor === null) return newest.clear();
      for (const [purpose, number] of newest)
        if (number > ancestor.number) newest.set(purpose, ancestor.number);
    },
    chain: {
      ...chain,
      head: async (signal, purpose = "act") => {
        if (closed !== null) throw closed;
        const head = await chain.head(signal, purpose);
        const before = newest.get(purpose) ?? 0n;
        if (head.number < before) throw headWentBack(head, before);
        newest.set(purpose, head.number);
        return head;
      },
    },
  };
}

function headWentBack({ number }: ChainBlock, before: bigint): RetryableError {
  return new RetryableError(
    "E_HEAD_BEHIND",
    `The RPC shows block ${number} as the newest after it was block ${before}, and no block was taken back.`,
    {
      atRisk: "nothing is decided until it has caught up; what runs goes on running",
      next: "Nothing, if it passes. Otherwise use another RPC, or give BERTH_RPC_URLS a second one.",
      facts: { shown: String(number), before: String(before) },
    },
  );
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

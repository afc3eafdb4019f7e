// SPDX-License-Identifier: Apache-2.0
import { InvariantError } from "@berth/sdk";
import type { ChainBlock, ChainEvent, MarketChain } from "../ports/market-chain.ts";
import { unusableAnswer } from "./read.ts";

export interface LinkedBlocksOptions {
  readonly chain: Pick<MarketChain, "block">;
  /** Blocks that are kept; a chain that parts before them all is an alarm. */
  readonly size: number;
}

type Reorg = Extract<ChainEvent, { readonly kind: "reorg" }>;

/**
 * The newest blocks, each the parent of the next. A head that does not descend from them is a reorganisation, and the last block
 * that both chains share is found by walking back. Nothing is changed where a read fails.
 */
export class LinkedBlocks {
  readonly #options: LinkedBlocksOptions;
  /** Oldest first. */
  #blocks: readonly ChainBlock[] = [];
  #finalized: ChainBlock | null = null;

  constructor(options: LinkedBlocksOptions) {
    this.#options = options;
  }

  /**
   * Goes on to a head. Null where it descends from what is kept, or is kept already: a node that is a little behind. Throws
   * InvariantError E_FINALITY_CROSSED where the chain parts before a block that was final; then everything stays as it was.
   */
  async advance(head: ChainBlock, signal: AbortSignal): Promise<Reorg | null> {
    const top = this.#blocks.at(-1);
    if (top === undefined) {
      this.#blocks = [head];
      return null;
    }
    if (this.#at(head.number)?.hash === head.hash) return null;
    this.#refuseLost(head);
    const { ancestor, fresh } = await this.#descend(head, signal);
    const shared = ancestor ?? (await this.#sharedWithout(head, top, signal));
    const reorg: Reorg | null =
      shared?.hash === top.hash ? null : { kind: "reorg", ancestor: shared, replaced: top, head };
    if (reorg !== null) this.#refuseFinal(reorg);
    const kept = ancestor === null ? [] : this.#blocks.filter(({ number }) => number <= ancestor.number);
    this.#blocks = [...kept, ...fresh].slice(-this.#options.size);
    return reorg;
  }

  /**
   * Reads one block of the past, since a daemon that starts has more urgent questions, until as many are kept as may be. Until then a
   * chain that parts before those that are kept is taken for one that parts before all.
   */
  async reachBack(signal: AbortSignal): Promise<void> {
    const oldest = this.#blocks[0];
    if (oldest === undefined || oldest.number === 0n || this.#blocks.length >= this.#options.size) return;
    const past = await this.#options.chain.block(oldest.number - 1n, signal);
    if (past.hash !== oldest.parentHash) throw torn(past.number);
    this.#blocks = [past, ...this.#blocks];
  }

  /** Notes a block that nothing takes back; answers whether it is news. Throws where it is not of the chain that is kept. */
  finalize(block: ChainBlock): boolean {
    if (this.#finalized !== null && block.number <= this.#finalized.number) return false;
    const kept = this.#at(block.number);
    if (kept !== undefined && kept.hash !== block.hash) {
      throw unusableAnswer(`Block ${block.number} is shown as final with another hash than before.`);
    }
    this.#finalized = block;
    return true;
  }

  #at(number: bigint): ChainBlock | undefined {
    return this.#blocks[Number(number - (this.#blocks[0]?.number ?? 0n))];
  }

  /** A head before all that is kept cannot be compared with it. */
  #refuseLost({ number }: ChainBlock): void {
    const oldest = this.#blocks[0];
    if (oldest !== undefined && number < oldest.number)
      throw unusableAnswer(`The head is block ${number}, before all that is remembered.`);
  }

  /** Walks from a head to what is kept; the blocks on the way, oldest first. */
  async #descend(
    head: ChainBlock,
    signal: AbortSignal,
  ): Promise<{ readonly ancestor: ChainBlock | null; readonly fresh: readonly ChainBlock[] }> {
    const fresh = [head];
    for (let lowest = head; ; lowest = fresh[0] ?? head) {
      const below = lowest.number - 1n;
      const kept = this.#at(below);
      if (kept?.hash === lowest.parentHash) return { ancestor: kept, fresh };
      if (below < 0n || fresh.length >= this.#options.size) return { ancestor: null, fresh };
      const parent = await this.#options.chain.block(below, signal);
      if (parent.hash !== lowest.parentHash) throw torn(below);
      fresh.unshift(parent);
    }
  }

  /** The last kept block that the chain still holds, where the head is too far away to walk: after a long silence. */
  async #sharedWithout(head: ChainBlock, top: ChainBlock, signal: AbortSignal): Promise<ChainBlock | null> {
    if (head.number <= top.number) return null;
    for (const block of this.#blocks.toReversed()) {
      if ((await this.#options.chain.block(block.number, signal)).hash === block.hash) return block;
    }
    return null;
  }

  #refuseFinal({ ancestor, replaced, head }: Reorg): void {
    const final = this.#finalized;
    if (final !== null && (ancestor === null || ancestor.number < final.number))
      throw finalityCrossed(final, replaced, head);
  }
}

function torn(number: bigint): Error {
  return unusableAnswer(`The chain was replaced around block ${number} while it was read.`);
}

function finalityCrossed(final: ChainBlock, replaced: ChainBlock, head: ChainBlock): InvariantError {
  return new InvariantError(
    "E_FINALITY_CROSSED",
    `Block ${final.number} was final, and the chain that the RPCs show now, up to ${head.number}, does not hold it.`,
    {
      atRisk:
        "nothing is decided on this chain: what runs goes on running, and nothing is started, reported or deleted",
      next: "Compare the RPCs in BERTH_RPC_URLS with a block explorer. When the chain itself did this, start the daemon anew.",
      facts: { final: final.hash, replaced: replaced.hash, head: head.hash },
    },
  );
}

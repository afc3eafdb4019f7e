// SPDX-License-Identifier: Apache-2.0
import type {
  CloseCause,
  LeaseSummary,
  MarketEvent,
  OfferMetadata,
  ProviderSummary,
  Resources,
  Usage,
} from "@berth/sdk";
import type { HeadPurpose } from "../domain/head-policy.ts";
import type { LeaseId } from "../domain/identity.ts";

export interface ChainBlock {
  readonly number: bigint;
  readonly hash: `0x${string}`;
  readonly parentHash: `0x${string}`;
  /** Seconds since 1970, as the chain counts. */
  readonly timestamp: bigint;
}

/**
 * What a follower saw: a new block to act on, a chain that parts from the one before, a block that nothing takes back. It is news,
 * not state: whoever hears it reads the state anew.
 */
export type ChainEvent =
  | { readonly kind: "block"; readonly block: ChainBlock }
  | {
      readonly kind: "reorg";
      /** The last block that both chains share; null where it lies before all that were kept. */
      readonly ancestor: ChainBlock | null;
      /** The head of the chain that is gone. */
      readonly replaced: ChainBlock;
      readonly head: ChainBlock;
    }
  | { readonly kind: "finalize"; readonly block: ChainBlock };

/** Reads of the market. Whatever cannot be found out is a RetryableError, never an empty answer. */
export interface MarketChain {
  /** The newest block that counts for a purpose by the configured depths; to act, where unsaid. */
  head(signal: AbortSignal, purpose?: HeadPurpose): Promise<ChainBlock>;
  block(number: bigint, signal: AbortSignal): Promise<ChainBlock>;
  /**
   * Events that name our provider, both ends included, in order. `skip` asks an endpoint further down the list, where there is
   * one: for when what the first one told is not all.
   */
  events(
    fromBlock: bigint,
    toBlock: bigint,
    signal: AbortSignal,
    skip?: number,
  ): Promise<readonly MarketEvent[]>;
  /** Leases at a block; one with status "none" does not exist there. Every id asked for is answered. `skip` as for `events`. */
  leases(
    ids: readonly LeaseId[],
    block: ChainBlock,
    signal: AbortSignal,
    skip?: number,
  ): Promise<ReadonlyMap<LeaseId, LeaseSummary>>;
  provider(block: ChainBlock, signal: AbortSignal): Promise<ProviderSummary>;
  /** What one lease of the offer gets; never changes. */
  offerResources(offerId: bigint, signal: AbortSignal): Promise<Resources>;
  /** What the offer claims beside its terms; never changes. UserError E_OFFER_METADATA where that cannot be read. */
  offerMetadata(offerId: bigint, signal: AbortSignal): Promise<OfferMetadata>;
  /** Seconds of service clock for which the data of a depleted lease is kept; never changes. */
  retentionPeriod(offerId: bigint, signal: AbortSignal): Promise<bigint>;
}

/**
 * Writes to the market, one at a time under one nonce. Each resolves once a block holds the transaction and the state was read
 * back; a revert is a BerthError in words (sdk's explainRevert). Starts, and closes with one cause, that are asked for meanwhile go
 * out together: each is answered by itself.
 */
export interface MarketActions {
  startLease(leaseId: LeaseId, signal: AbortSignal): Promise<void>;
  pauseLease(leaseId: LeaseId, signal: AbortSignal): Promise<void>;
  resumeLease(leaseId: LeaseId, signal: AbortSignal): Promise<void>;
  completeLease(leaseId: LeaseId, exitCode: number, signal: AbortSignal): Promise<void>;
  closeLease(leaseId: LeaseId, cause: CloseCause, signal: AbortSignal): Promise<void>;
  report(report: UsageReport, signal: AbortSignal): Promise<ReportReceipt>;
  /** Takes over from the daemon that holds `expected`; answers the instance that is ours now. */
  claimInstance(expected: number, signal: AbortSignal): Promise<number>;
}

export interface UsageReport {
  readonly root: `0x${string}`;
  readonly uri: string;
  /** Figures to show in the log, at most 128. */
  readonly entries: readonly Usage[];
}

export interface ReportReceipt {
  /** Of the report that the block holds. */
  readonly root: `0x${string}`;
  readonly transactionHash: `0x${string}`;
  readonly blockNumber: bigint;
}

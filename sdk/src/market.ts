// SPDX-License-Identifier: Apache-2.0
import type { Address, Hash, PublicClient } from "viem";
import type { Resources } from "./manifest/types.ts";
import type { MarketEventOf } from "./events.ts";
import type {
  Delegation,
  Dispute,
  LeaseSummary,
  MarketPeriods,
  Offer,
  ProviderSummary,
  Stake,
  TokenInfo,
} from "./types.ts";

/** What the log of an offer's creation says. */
export type OfferCreation = MarketEventOf<"OfferCreated">["args"];

/** At which block to read (the newest where unsaid), and when to give up. */
export interface ReadOptions {
  readonly blockNumber?: bigint;
  readonly signal?: AbortSignal;
}

/** Reads of one market. Amounts in token base units. Failures are errors of Berth, as `explainRevert` words them. `connectMarket` makes one. */
export interface Market {
  readonly address: Address;
  readonly chainId: number;
  readonly client: PublicClient;
  /** In the order asked for, all of the same block; status "none" where there is no such lease. */
  leaseSummaries(leaseIds: readonly bigint[], options?: ReadOptions): Promise<readonly LeaseSummary[]>;
  leaseSummary(leaseId: bigint, options?: ReadOptions): Promise<LeaseSummary>;
  providerOf(provider: Address, options?: ReadOptions): Promise<ProviderSummary>;
  offerOf(offerId: bigint, options?: ReadOptions): Promise<Offer>;
  stakeOf(token: Address, provider: Address, options?: ReadOptions): Promise<Stake>;
  /** An account's free balance in the market. */
  balanceOf(token: Address, account: Address, options?: ReadOptions): Promise<bigint>;
  /** What `delegate` may do for `principal` in one token. */
  delegateOf(
    principal: Address,
    token: Address,
    delegate: Address,
    options?: ReadOptions,
  ): Promise<Delegation>;
  disputeOf(leaseId: bigint, options?: ReadOptions): Promise<Dispute>;
  /** Whether a provider's quote was used or cancelled. */
  isQuoteSpent(provider: Address, salt: Hash, options?: ReadOptions): Promise<boolean>;
  tokenInfo(token: Address, options?: ReadOptions): Promise<TokenInfo>;
  /** What one lease of the offer gets, from the log of its creation. Throws UserError E_OFFER_UNKNOWN. */
  offerResources(offerId: bigint, options?: Pick<ReadOptions, "signal">): Promise<Resources>;
  /** All that never changes of an offer, from the same log; `readOfferMetadata` reads what it claims. Throws UserError E_OFFER_UNKNOWN. */
  offerCreation(offerId: bigint, options?: Pick<ReadOptions, "signal">): Promise<OfferCreation>;
  /** Fixed when the market was deployed. */
  periods(options?: ReadOptions): Promise<MarketPeriods>;
}

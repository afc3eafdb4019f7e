// SPDX-License-Identifier: Apache-2.0
import type { Address, Hash } from "viem";

/** Where a lease stands, in the order of the contract's numbers. */
export const LEASE_STATUSES = [
  "none",
  "pending",
  "active",
  "paused",
  "depleted",
  "lapsed",
  "closed",
] as const;

/** Why a lease ended, in the order of the contract's numbers. */
export const CLOSE_REASONS = [
  "none",
  "tenantClosed",
  "providerClosed",
  "declined",
  "notStarted",
  "depleted",
  "lapsed",
  "completed",
] as const;

/** What a provider says made him end a lease, in the order of the contract's numbers. */
export const CLOSE_CAUSES = [
  "unspecified",
  "image",
  "manifest",
  "capacity",
  "hardware",
  "drain",
  "abuse",
  "price",
] as const;

export type LeaseStatus = (typeof LEASE_STATUSES)[number];
export type CloseReason = (typeof CLOSE_REASONS)[number];
export type CloseCause = (typeof CLOSE_CAUSES)[number];

/** A lease as the contract tells it. Amounts in token base units, clocks in seconds of the provider's service clock. */
export interface LeaseSummary {
  readonly status: LeaseStatus;
  readonly reason: CloseReason;
  readonly tenant: Address;
  readonly provider: Address;
  readonly offerId: bigint;
  readonly token: Address;
  readonly milliRatePerSecond: bigint;
  readonly balance: bigint;
  /** Earned by the provider since the last settlement. */
  readonly accrued: bigint;
  /** What the tenant would get back by closing now. */
  readonly refundable: bigint;
  /** Owed beyond the last settlement, in thousandths of a base unit: 0 to 999. */
  readonly remainder: bigint;
  readonly settledClock: bigint;
  readonly clockNow: bigint;
  /** Where the balance is used up; 2^32 - 1 stands for later than that. */
  readonly depletionClock: bigint;
  /** Last second in which a Pending lease can be started, since 1970. */
  readonly startBy: bigint;
  /** Seconds since 1970; 0 for an open lease. */
  readonly closedAt: bigint;
  readonly collateral: bigint;
  readonly inMinimum: boolean;
  /** A dispute awaits a ruling. */
  readonly disputed: boolean;
  readonly startLate: boolean;
  readonly silent: boolean;
}

/** A provider as the contract tells it; all zero for an address that never registered. */
export interface ProviderSummary {
  readonly operator: Address;
  readonly reportPeriod: bigint;
  readonly instance: bigint;
  readonly sequence: bigint;
  /** Seconds since 1970. */
  readonly lastReportAt: bigint;
  /** The service clock at the last report. */
  readonly clock: bigint;
  readonly clockNow: bigint;
  readonly silent: boolean;
  readonly lapsed: boolean;
}

/** What never changes about an offer. Periods in seconds, collateral in token base units. */
export interface OfferTerms {
  readonly token: Address;
  readonly milliRatePerSecond: bigint;
  readonly collateral: bigint;
  readonly arbitrator: Address;
  readonly minPeriod: bigint;
  readonly startPeriod: bigint;
  readonly retentionPeriod: bigint;
}

/** An offer as the contract tells it; all zero where there is none under the number. */
export interface Offer {
  readonly provider: Address;
  readonly terms: OfferTerms;
  readonly capacity: bigint;
  /** Open leases. */
  readonly taken: bigint;
  readonly closed: boolean;
}

/** What a lease has used since it started, by its provider's own measurement. `measuredAt` in seconds since 1970. */
export interface Usage {
  readonly leaseId: bigint;
  readonly measuredAt: bigint;
  readonly servedSeconds: bigint;
  readonly cpuMillisSeconds: bigint;
  readonly memoryMiBSeconds: bigint;
  readonly networkRxBytes: bigint;
  readonly networkTxBytes: bigint;
}

/** A provider's stake in one token, in base units: `locked` stands behind leases. */
export interface Stake {
  readonly staked: bigint;
  readonly locked: bigint;
}

/** What a market was deployed with, in seconds. */
export interface MarketPeriods {
  /** How long a provider must be silent beyond his report period to lapse. */
  readonly lapsePeriod: bigint;
  /** How long collateral stays locked after a close where the lease has an arbitrator. */
  readonly disputeWindow: bigint;
  /** How long an arbitrator has to rule on a dispute. */
  readonly rulingPeriod: bigint;
}

/** Privately signed terms for one lease. `salt` tells the quotes of a provider apart: each acts once. */
export interface Quote {
  readonly offerId: bigint;
  /** Who may use it; address zero for anybody. */
  readonly tenant: Address;
  /** Thousandths of a base unit per second. */
  readonly milliRatePerSecond: bigint;
  /** As `hashResources` makes it; zero for the resources of the offer. */
  readonly resourcesHash: Hash;
  /** The lease to amend; 0 to open one. */
  readonly leaseId: bigint;
  /** Last second in which it can be used, since 1970. */
  readonly expiresAt: bigint;
  readonly salt: Hash;
}

/** A lease's one dispute; all zero and false where there never was one. Amounts in base units. */
export interface Dispute {
  readonly amount: bigint;
  readonly bond: bigint;
  /** Last second for a ruling, since 1970. */
  readonly ruleBy: bigint;
  readonly open: boolean;
  readonly used: boolean;
}

/** What a delegate may do: `cap` in base units may leave the principal's free balance until the second `until`. */
export interface Delegation {
  readonly cap: bigint;
  readonly until: bigint;
}

/** What is needed to write an amount of a token. */
export interface TokenInfo {
  readonly symbol: string;
  readonly decimals: number;
}

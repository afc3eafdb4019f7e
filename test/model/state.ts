// SPDX-License-Identifier: Apache-2.0

/** An account or contract, in lower case, so that two spellings are one key. */
export type Address = string;

export const NOBODY: Address = "0x0000000000000000000000000000000000000000";

/** How a token behaves: as it should, with a fee on the way, answering nothing, or refusing accounts on a list. */
export type TokenKind = "plain" | "fee" | "bare" | "blocking";

/** What a token's own ledger holds; `allowances` are those given to the market. Amounts in base units. */
export interface Token {
  readonly address: Address;
  readonly kind: TokenKind;
  readonly balances: Map<Address, bigint>;
  readonly allowances: Map<Address, bigint>;
  readonly nonces: Map<Address, bigint>;
  readonly banned: Set<Address>;
  lying: boolean;
}

export interface Stake {
  staked: bigint;
  locked: bigint;
}

/** A registered provider. Times in seconds; `clock` is his service clock at `lastReportAt`. */
export interface Provider {
  readonly address: Address;
  readonly reportPeriod: bigint;
  operator: Address;
  instance: bigint;
  sequence: bigint;
  lastReportAt: bigint;
  clock: bigint;
  readonly stakes: Map<Address, Stake>;
}

export interface Terms {
  readonly token: Address;
  readonly milliRatePerSecond: bigint;
  readonly collateral: bigint;
  readonly arbitrator: Address;
  readonly minPeriod: bigint;
  readonly startPeriod: bigint;
  readonly retentionPeriod: bigint;
}

export interface Offer {
  readonly id: bigint;
  readonly provider: Address;
  readonly terms: Terms;
  capacity: bigint;
  taken: bigint;
  closed: boolean;
}

export interface Dispute {
  readonly amount: bigint;
  readonly bond: bigint;
  readonly ruleBy: bigint;
  open: boolean;
  used: boolean;
}

/** A lease as it is kept; its status is derived. `settledClock` is service clock, `startBy` and `closedAt` are seconds since 1970. */
export interface Lease {
  readonly id: bigint;
  readonly offerId: bigint;
  readonly tenant: Address;
  readonly startBy: bigint;
  balance: bigint;
  rate: bigint;
  remainder: bigint;
  settledClock: bigint;
  started: boolean;
  paused: boolean;
  inMinimum: boolean;
  unlocked: boolean;
  reason: bigint;
  closedAt: bigint;
  dispute: Dispute | undefined;
}

export interface Delegation {
  cap: bigint;
  until: bigint;
}

/** Everything there is, at one moment.. */
export interface State {
  now: bigint;
  readonly market: Address;
  readonly chainId: bigint;
  readonly lapsePeriod: bigint;
  readonly disputeWindow: bigint;
  readonly rulingPeriod: bigint;
  readonly tokens: Map<Address, Token>;
  readonly providers: Map<Address, Provider>;
  readonly offers: Map<bigint, Offer>;
  readonly leases: Map<bigint, Lease>;
  readonly free: Map<string, bigint>;
  readonly delegations: Map<string, Delegation>;
  readonly spentQuotes: Set<string>;
}

/** One key for several parts. */
export function keyOf(...parts: readonly string[]): string {
  return parts.join(":");
}

/** A copy that shares nothing, to go back to where a call is refused. */
export function copyOf(state: State): State {
  return structuredClone(state);
}

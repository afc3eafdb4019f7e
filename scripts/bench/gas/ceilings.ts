// SPDX-License-Identifier: Apache-2.0
import type { Operation } from "./operations.ts";

/** What an operation with a plain token may use; a token of USDC's shape is bound by the committed figures alone. */
export const CEILINGS: Readonly<Record<Operation, number>> = {
  register: 75_000,
  stakeFirst: 84_000,
  stake: 52_000,
  createOffer: 122_000,
  open: 120_000,
  openFromBalance: 106_000,
  start: 50_000,
  report: 42_000,
  report1: 42_000,
  report100: 42_000,
  report10000: 42_000,
  inlinePerLease: 7_500,
  settle: 45_000,
  settlePerLease: 9_500,
  topUp: 60_000,
  topUpFromBalance: 47_000,
  close: 73_000,
  claimPerLease: 9_500,
  withdraw: 48_000,
  wholeLife: 290_000,
};

/** What public chains take: EIP-170. */
export const RUNTIME_BYTES_CEILING = 24_576;

/** A report costs the same however many leases are open, to within this much gas. */
export const REPORT_SPREAD = 100;

/** An operation above its ceiling, and the decision in docs/adr that says what was tried and what the rest would cost. */
export type Exceptions = Readonly<Partial<Record<Operation, string>>>;

const SLOW_DISPATCH = "docs/adr/0010-gas-ceilings-that-are-not-met.md";

export const EXCEPTIONS: Exceptions = {
  topUp: SLOW_DISPATCH,
  topUpFromBalance: SLOW_DISPATCH,
};

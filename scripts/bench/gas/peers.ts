// SPDX-License-Identifier: Apache-2.0
import type { Operation } from "./operations.ts";

/** The cheapest comparable operation of another market or payment contract, in its steady state, with a plain token. */
export interface Peer {
  readonly name: string;
  readonly gas: number;
  /** What it does that ours does not, or the other way round. */
  readonly note: string;
}

const MARLIN_ITEM: Peer = {
  name: "Marlin",
  gas: 23_478,
  note: "100 jobs through a multicall of our own, divided by 100; pays out in the same call",
};
const MARLIN_SETTLE: Peer = { name: "Marlin", gas: 61_657, note: "settles one job and pays out" };

/** Measured on one local chain, each peer under its own compiler settings; receipt.gasUsed, 21,000 included. */
export const PEERS: Readonly<Partial<Record<Operation, Peer>>> = {
  register: {
    name: "Marlin",
    gas: 97_668,
    note: "with an address of 41 characters; 52,664 with one of 28, which fits a word",
  },
  stakeFirst: { name: "Graph Horizon", gas: 74_072, note: "before its provision of 119,478" },
  stake: { name: "Graph Horizon", gas: 56_972, note: "before its provision of 119,478" },
  createOffer: { name: "Fluence", gas: 422_619, note: "an offer of one peer with two units" },
  open: { name: "Sablier Flow", gas: 162_574, note: "mints a token per stream, locks no collateral" },
  openFromBalance: { name: "Ocean", gas: 183_292, note: "with one other lock open; 675,025 with 100" },
  start: { name: "Fluence", gas: 196_803, note: "setWorker" },
  report: MARLIN_SETTLE,
  report1: MARLIN_SETTLE,
  inlinePerLease: MARLIN_ITEM,
  settle: MARLIN_SETTLE,
  settlePerLease: MARLIN_ITEM,
  topUp: { name: "Ocean", gas: 55_128, note: "a deposit, tied to no lease; Marlin's job 56,279" },
  topUpFromBalance: { name: "Ocean", gas: 55_128, note: "a deposit: it has no other" },
  close: { name: "Ocean", gas: 98_185, note: "claimLock, which pays and ends; no collateral to unlock" },
  claimPerLease: MARLIN_ITEM,
  withdraw: { name: "Ocean", gas: 50_757, note: "" },
  wholeLife: { name: "Ocean", gas: 332_200, note: "its deposit made before and not counted" },
};

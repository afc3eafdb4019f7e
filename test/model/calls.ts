// SPDX-License-Identifier: Apache-2.0
import type { Address, Terms } from "./state.ts";

type Id = bigint;
type Hash = string;

export interface Quote {
  readonly offerId: Id;
  readonly tenant: Address;
  readonly milliRatePerSecond: bigint;
  readonly resourcesHash: Hash;
  readonly leaseId: Id;
  readonly expiresAt: bigint;
  readonly salt: Hash;
}

export interface Permit {
  readonly deadline: bigint;
  readonly v: number;
  readonly r: Hash;
  readonly s: Hash;
}

export interface Resources {
  readonly cpuMillis: bigint;
  readonly memoryMiB: bigint;
  readonly storageMiB: bigint;
  readonly gpuCount: bigint;
  readonly gpuModel: string;
}

/** Figures of a report, in the order in which the contract names them. */
export interface Usage {
  readonly leaseId: Id;
  readonly measuredAt: bigint;
  readonly servedSeconds: bigint;
  readonly cpuMillisSeconds: bigint;
  readonly memoryMiBSeconds: bigint;
  readonly networkRxBytes: bigint;
  readonly networkTxBytes: bigint;
}

type Opening = [
  offerId: Id,
  provider: Address,
  maxMilliRate: bigint,
  amount: bigint,
  manifestHash: Hash,
  tenant: Address,
];

type OpeningByQuote = [
  quote: Quote,
  signature: Hash,
  provider: Address,
  maxMilliRate: bigint,
  amount: bigint,
  manifestHash: Hash,
  tenant: Address,
];

/** The arguments of every function of the market that changes something, in its order. */
export interface CallArgs {
  deposit: [token: Address, amount: bigint];
  withdraw: [token: Address, amount: bigint, to: Address];
  register: [operator: Address, reportPeriod: bigint, endpoint: string, metadataURI: string];
  setOperator: [operator: Address];
  setEndpoint: [endpoint: string];
  setMetadata: [metadataURI: string];
  claimInstance: [provider: Address, expected: bigint];
  stake: [token: Address, amount: bigint];
  withdrawStake: [token: Address, amount: bigint, to: Address];
  createOffer: [terms: Terms, capacity: bigint, resources: Resources, metadataURI: string];
  setCapacity: [instance: bigint, offerId: Id, capacity: bigint];
  closeOffer: [instance: bigint, offerId: Id];
  cancelQuote: [provider: Address, instance: bigint, salt: Hash];
  setDelegate: [token: Address, delegate: Address, cap: bigint, until: bigint];
  open: Opening;
  openFromBalance: Opening;
  openWithPermit: [...Opening, permit: Permit];
  openWithQuote: OpeningByQuote;
  start: [instance: bigint, leaseIds: readonly Id[]];
  pause: [instance: bigint, leaseId: Id];
  resume: [instance: bigint, leaseId: Id];
  topUp: [leaseId: Id, amount: bigint];
  topUpFromBalance: [leaseId: Id, amount: bigint];
  setManifest: [leaseId: Id, manifestHash: Hash];
  amend: [leaseId: Id, quote: Quote, signature: Hash];
  settle: [leaseIds: readonly Id[]];
  claim: [token: Address, leaseIds: readonly Id[], to: Address];
  close: [leaseId: Id];
  closeByProvider: [instance: bigint, leaseIds: readonly Id[], cause: bigint];
  complete: [instance: bigint, leaseId: Id, exitCode: bigint, resultURI: string];
  releaseCollateral: [leaseIds: readonly Id[]];
  openDispute: [leaseId: Id, amount: bigint, evidenceURI: string];
  rule: [leaseId: Id, award: bigint, rulingURI: string];
  expireDispute: [leaseId: Id];
  report: [provider: Address, instance: bigint, usageRoot: Hash, uri: string, entries: readonly Usage[]];
}

export type FunctionName = keyof CallArgs;

/** One call of one function by somebody. */
export type MarketCall = {
  [Name in FunctionName]: { readonly name: Name; readonly from: Address; readonly args: CallArgs[Name] };
}[FunctionName];

// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  erc20Abi,
  type Hash,
} from "viem";
import { computeMarketAbi } from "./generated/abi.ts";
import type { Resources } from "./manifest/types.ts";
import { CLOSE_CAUSES, type CloseCause, type OfferTerms, type Usage } from "./types.ts";

type WriteName = ContractFunctionName<typeof computeMarketAbi, "nonpayable">;

/** A call of the market, as viem's `simulateContract`, `writeContract` and `encodeFunctionData` take it. */
export interface MarketCall<Name extends WriteName = WriteName> {
  readonly abi: typeof computeMarketAbi;
  readonly address: Address;
  readonly functionName: Name;
  readonly args: ContractFunctionArgs<typeof computeMarketAbi, "nonpayable", Name>;
}

/** What a lease is opened with: `amount` in token base units; `tenant` must be the account that calls. */
export interface Opening {
  readonly offerId: bigint;
  readonly provider: Address;
  /** The highest rate accepted, in thousandths of a base unit per second. */
  readonly maxMilliRate: bigint;
  readonly amount: bigint;
  readonly manifestHash: Hash;
  readonly tenant: Address;
}

/** `operator` may be address zero; `reportPeriod` is 600 to 21,600 seconds, for ever. */
export interface Registration {
  readonly operator: Address;
  readonly reportPeriod: bigint;
  readonly endpoint: string;
  readonly metadataURI: string;
}

export interface OfferDraft {
  readonly terms: OfferTerms;
  /** How many leases may be open at once, up to 2^24 - 1. */
  readonly capacity: bigint;
  readonly resources: Resources;
  readonly metadataURI: string;
}

/** `entries` are shown in the log: at most 128, each of a lease of this provider. */
export interface Report {
  readonly provider: Address;
  readonly instance: bigint;
  /** Root of the usage tree of all the provider's leases; zero for none. */
  readonly usageRoot: Hash;
  readonly uri: string;
  readonly entries: readonly Usage[];
}

/** Builders of every call that changes the market at an address; pure, nothing is sent. Lists hold at most 128 ids. */
export function marketCalls(address: Address) {
  const call: Build = (functionName, args) => ({ abi: computeMarketAbi, address, functionName, args });
  return { ...moneyCalls(call), ...providerCalls(call), ...offerCalls(call), ...leaseCalls(call) };
}

export type MarketCalls = ReturnType<typeof marketCalls>;

type Build = <Name extends WriteName>(functionName: Name, args: MarketCall<Name>["args"]) => MarketCall<Name>;

/** Lets the market take up to `amount` of a token from the caller's wallet. */
export function approveCall(token: Address, spender: Address, amount: bigint) {
  return { abi: erc20Abi, address: token, functionName: "approve", args: [spender, amount] } as const;
}

function moneyCalls(call: Build) {
  return {
    deposit: (token: Address, amount: bigint) => call("deposit", [token, amount]),
    withdraw: (token: Address, amount: bigint, to: Address) => call("withdraw", [token, amount, to]),
    stake: (token: Address, amount: bigint) => call("stake", [token, amount]),
    withdrawStake: (token: Address, amount: bigint, to: Address) =>
      call("withdrawStake", [token, amount, to]),
    /** Settles these leases and pays out the caller's whole free balance. */
    claim: (token: Address, leaseIds: readonly bigint[], to: Address) => call("claim", [token, leaseIds, to]),
  };
}

function providerCalls(call: Build) {
  return {
    register: ({ operator, reportPeriod, endpoint, metadataURI }: Registration) =>
      call("register", [operator, reportPeriod, endpoint, metadataURI]),
    setOperator: (operator: Address) => call("setOperator", [operator]),
    setEndpoint: (endpoint: string) => call("setEndpoint", [endpoint]),
    setMetadata: (metadataURI: string) => call("setMetadata", [metadataURI]),
    /** Takes over from another daemon; `expected` is the instance believed to be current. */
    claimInstance: (provider: Address, expected: bigint) => call("claimInstance", [provider, expected]),
    report: ({ provider, instance, usageRoot, uri, entries }: Report) =>
      call("report", [provider, instance, usageRoot, uri, entries]),
  };
}

function offerCalls(call: Build) {
  return {
    createOffer: ({ terms, capacity, resources, metadataURI }: OfferDraft) =>
      call("createOffer", [abiTerms(terms), Number(capacity), resources, metadataURI]),
    setCapacity: (instance: bigint, offerId: bigint, capacity: bigint) =>
      call("setCapacity", [instance, offerId, Number(capacity)]),
    closeOffer: (instance: bigint, offerId: bigint) => call("closeOffer", [instance, offerId]),
  };
}

function leaseCalls(call: Build) {
  return {
    /** Opens with money from the caller's wallet; needs an allowance. */
    open: (opening: Opening) => call("open", openingArgs(opening)),
    openFromBalance: (opening: Opening) => call("openFromBalance", openingArgs(opening)),
    start: (instance: bigint, leaseIds: readonly bigint[]) => call("start", [instance, leaseIds]),
    pause: (instance: bigint, leaseId: bigint) => call("pause", [instance, leaseId]),
    resume: (instance: bigint, leaseId: bigint) => call("resume", [instance, leaseId]),
    topUp: (leaseId: bigint, amount: bigint) => call("topUp", [leaseId, amount]),
    topUpFromBalance: (leaseId: bigint, amount: bigint) => call("topUpFromBalance", [leaseId, amount]),
    setManifest: (leaseId: bigint, manifestHash: Hash) => call("setManifest", [leaseId, manifestHash]),
    settle: (leaseIds: readonly bigint[]) => call("settle", [leaseIds]),
    close: (leaseId: bigint) => call("close", [leaseId]),
    closeByProvider: (instance: bigint, leaseIds: readonly bigint[], cause: CloseCause) =>
      call("closeByProvider", [instance, leaseIds, CLOSE_CAUSES.indexOf(cause)]),
    complete: (instance: bigint, leaseId: bigint, exitCode: bigint, resultURI: string) =>
      call("complete", [instance, leaseId, exitCode, resultURI]),
    releaseCollateral: (leaseIds: readonly bigint[]) => call("releaseCollateral", [leaseIds]),
  };
}

function openingArgs({ offerId, provider, maxMilliRate, amount, manifestHash, tenant }: Opening) {
  return [offerId, provider, maxMilliRate, amount, manifestHash, tenant] as const;
}

function abiTerms(terms: OfferTerms) {
  const { minPeriod, startPeriod, retentionPeriod } = terms;
  return {
    ...terms,
    minPeriod: Number(minPeriod),
    startPeriod: Number(startPeriod),
    retentionPeriod: Number(retentionPeriod),
  };
}

// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  erc20Abi,
  type Hash,
  type Hex,
} from "viem";
import { computeMarketAbi } from "./generated/abi.ts";
import type { Resources } from "./manifest/types.ts";
import {
  CLOSE_CAUSES,
  type CloseCause,
  type Delegation,
  type OfferTerms,
  type Quote,
  type Usage,
} from "./types.ts";

type WriteName = ContractFunctionName<typeof computeMarketAbi, "nonpayable">;

/** A call of the market, as viem's `simulateContract`, `writeContract` and `encodeFunctionData` take it. */
export interface MarketCall<Name extends WriteName = WriteName> {
  readonly abi: typeof computeMarketAbi;
  readonly address: Address;
  readonly functionName: Name;
  readonly args: ContractFunctionArgs<typeof computeMarketAbi, "nonpayable", Name>;
}

/** What a lease is opened with: `amount` in token base units; `tenant` is the account that calls, or whose delegate it is. */
export interface Opening {
  readonly offerId: bigint;
  readonly provider: Address;
  /** The highest rate accepted, in thousandths of a base unit per second. */
  readonly maxMilliRate: bigint;
  readonly amount: bigint;
  readonly manifestHash: Hash;
  readonly tenant: Address;
}

/** An opening under a quote, which names the offer. */
export interface QuotedOpening extends Omit<Opening, "offerId"> {
  readonly quote: Quote;
  readonly signature: Hex;
}

/** An ERC-2612 permit of the caller for the amount that goes with it. `deadline` in seconds since 1970. */
export interface Permit {
  readonly deadline: bigint;
  readonly v: number;
  readonly r: Hash;
  readonly s: Hash;
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
  return {
    ...moneyCalls(call),
    ...providerCalls(call),
    ...offerCalls(call),
    ...leaseCalls(call),
    ...disputeCalls(call),
  };
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
    /** Lets `delegate` open and top up leases for the caller; `until` 0 takes it back. */
    setDelegate: (token: Address, delegate: Address, { cap, until }: Delegation) =>
      call("setDelegate", [token, delegate, cap, Number(until)]),
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
      call("createOffer", [terms, Number(capacity), resources, metadataURI]),
    setCapacity: (instance: bigint, offerId: bigint, capacity: bigint) =>
      call("setCapacity", [instance, offerId, Number(capacity)]),
    closeOffer: (instance: bigint, offerId: bigint) => call("closeOffer", [instance, offerId]),
    cancelQuote: (provider: Address, instance: bigint, salt: Hash) =>
      call("cancelQuote", [provider, instance, salt]),
  };
}

function leaseCalls(call: Build) {
  return {
    /** Opens with money from the caller's wallet; needs an allowance. */
    open: (opening: Opening) => call("open", openingArgs(opening)),
    openFromBalance: (opening: Opening) => call("openFromBalance", openingArgs(opening)),
    openWithPermit: (opening: Opening, permit: Permit) =>
      call("openWithPermit", [...openingArgs(opening), permit]),
    openWithQuote: ({ quote, signature, ...opening }: QuotedOpening) =>
      call("openWithQuote", [quote, signature, ...quotedArgs(opening)]),
    start: (instance: bigint, leaseIds: readonly bigint[]) => call("start", [instance, leaseIds]),
    pause: (instance: bigint, leaseId: bigint) => call("pause", [instance, leaseId]),
    resume: (instance: bigint, leaseId: bigint) => call("resume", [instance, leaseId]),
    topUp: (leaseId: bigint, amount: bigint) => call("topUp", [leaseId, amount]),
    topUpFromBalance: (leaseId: bigint, amount: bigint) => call("topUpFromBalance", [leaseId, amount]),
    amend: (leaseId: bigint, quote: Quote, signature: Hex) => call("amend", [leaseId, quote, signature]),
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

function disputeCalls(call: Build) {
  return {
    openDispute: (leaseId: bigint, amount: bigint, evidenceURI: string) =>
      call("openDispute", [leaseId, amount, evidenceURI]),
    rule: (leaseId: bigint, award: bigint, rulingURI: string) => call("rule", [leaseId, award, rulingURI]),
    expireDispute: (leaseId: bigint) => call("expireDispute", [leaseId]),
  };
}

function openingArgs({ offerId, ...opening }: Opening) {
  return [offerId, ...quotedArgs(opening)] as const;
}

function quotedArgs({ provider, maxMilliRate, amount, manifestHash, tenant }: Omit<Opening, "offerId">) {
  return [provider, maxMilliRate, amount, manifestHash, tenant] as const;
}

// SPDX-License-Identifier: Apache-2.0
import { ZeroAddress, id, verifyTypedData } from "ethers";
import type { ContractTransactionResponse, TypedDataDomain } from "ethers";
import type { ComputeMarket } from "../../typechain-types/ComputeMarket.ts";
import type { Actor } from "./actors.ts";
import { AMOUNT, MANIFEST, summaryOf } from "./leases.ts";
import { HOUR, now } from "./time.ts";
import type { World } from "./world.ts";

/** What a quote is as EIP-712 data, as its signers know it; not read from the market. */
export const QUOTE_TYPES = {
  Quote: [
    { name: "offerId", type: "uint256" },
    { name: "tenant", type: "address" },
    { name: "milliRatePerSecond", type: "uint256" },
    { name: "resourcesHash", type: "bytes32" },
    { name: "leaseId", type: "uint256" },
    { name: "expiresAt", type: "uint256" },
    { name: "salt", type: "bytes32" },
  ],
};

/** The chain that the tests run on. */
export const CHAIN_ID = 31_337n;

/** The price of a standard quote, in thousandths of a base unit per second: a tenth below an offer of one dollar an hour. */
export const QUOTE_RATE = 250_000n;
export const QUOTED_RESOURCES = id("resources");
export const SALT = id("salt");

/** The terms, as ethers and viem want them. */
export type Quote = {
  offerId: bigint;
  tenant: string;
  milliRatePerSecond: bigint;
  resourcesHash: string;
  leaseId: bigint;
  expiresAt: bigint;
  salt: string;
};

/** A quote of the provider for anybody, good for an hour, with changes. */
export function quoteOf(world: World, changes: Partial<Quote> = {}): Quote {
  return {
    offerId: world.offerId,
    tenant: ZeroAddress,
    milliRatePerSecond: QUOTE_RATE,
    resourcesHash: QUOTED_RESOURCES,
    leaseId: 0n,
    expiresAt: now() + HOUR,
    salt: SALT,
    ...changes,
  };
}

/** The domain of a market's quotes, on the tests' chain unless another is named. */
export async function quoteDomain(
  market: ComputeMarket,
  chainId: bigint = CHAIN_ID,
): Promise<TypedDataDomain> {
  return {
    name: "ComputeMarket",
    version: "1",
    chainId,
    verifyingContract: await market.getAddress(),
  };
}

/** A quote's signature, 65 bytes: the operator's, for this market, unless somebody else or another domain is named. */
export async function signQuote(
  world: World,
  quote: Quote,
  signer: Actor = world.operator,
  domain?: TypedDataDomain,
): Promise<string> {
  return signer.signTypedData(domain ?? (await quoteDomain(world.market)), QUOTE_TYPES, quote);
}

/** Who signed it, where the signature is taken for one of this quote for this market. */
export async function signerOf(market: ComputeMarket, quote: Quote, signature: string): Promise<string> {
  return verifyTypedData(await quoteDomain(market), QUOTE_TYPES, quote, signature);
}

export interface QuotedOpening {
  signature?: string;
  provider?: Actor;
  maxMilliRate?: bigint;
  amount?: bigint;
  caller?: Actor;
  tenant?: Actor;
}

/** What {@link ComputeMarket.openWithQuote} is called with: the standard opening by the tenant, with changes. */
export async function openingArguments(world: World, quote: Quote, options: QuotedOpening = {}) {
  return [
    quote,
    options.signature ?? (await signQuote(world, quote)),
    options.provider ?? world.owner,
    options.maxMilliRate ?? quote.milliRatePerSecond,
    options.amount ?? AMOUNT,
    MANIFEST,
    options.tenant ?? options.caller ?? world.tenant,
  ] as const;
}

/** Sends an opening under a quote. */
export async function openUnder(world: World, quote: Quote, options: QuotedOpening = {}) {
  const args = await openingArguments(world, quote, options);
  return world.market.connect(options.caller ?? world.tenant).openWithQuote(...args);
}

/** Amends a lease to a rate, under a salt of its own. */
export async function amendTo(
  world: World,
  leaseId: bigint,
  milliRatePerSecond: bigint,
  salt: string = SALT,
): Promise<ContractTransactionResponse> {
  const { offerId } = await summaryOf(world, leaseId);
  const quote = quoteOf(world, { offerId, leaseId, milliRatePerSecond, salt });
  return world.market.connect(world.tenant).amend(leaseId, quote, await signQuote(world, quote));
}

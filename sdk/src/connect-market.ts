// SPDX-License-Identifier: Apache-2.0
import type { Address, PublicClient } from "viem";
import { withSignal } from "./chain-read.ts";
import { BerthError, UserError } from "./errors.ts";
import { computeMarketAbi } from "./generated/abi.ts";
import { marketReads } from "./market-reads.ts";
import type { Market } from "./market.ts";

/** The versions of the contract's rules that this package speaks. */
const MAJOR_VERSION = "1.";

/** Where a market is to be found. */
export interface MarketLocation {
  readonly client: PublicClient;
  readonly address: Address;
  readonly chainId: number;
  readonly signal?: AbortSignal;
}

/**
 * A market whose chain and code have been checked. Throws UserError E_WRONG_CHAIN, E_NO_CONTRACT or E_WRONG_CONTRACT, and
 * RetryableError E_RPC_UNREACHABLE.
 */
export async function connectMarket({ client, address, chainId, signal }: MarketLocation): Promise<Market> {
  const actual = await withSignal(client, signal, (reader) => reader.getChainId());
  if (actual !== chainId) throw wrongChain(actual, chainId);
  const code = await withSignal(client, signal, (reader) => reader.getCode({ address }));
  if (code === undefined) throw noContract(address, chainId);
  const version = await versionAt(client, address, signal);
  if (!version?.startsWith(MAJOR_VERSION)) throw wrongContract(address, chainId, version);
  return { address, chainId, client, ...marketReads(client, address) };
}

/** The contract's version; undefined where it does not tell one. */
async function versionAt(
  client: PublicClient,
  address: Address,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const call = { address, abi: computeMarketAbi, functionName: "version" } as const;
  try {
    return await withSignal(client, signal, (reader) => reader.readContract(call));
  } catch (error) {
    if (error instanceof BerthError && !error.retryable) return undefined;
    throw error;
  }
}

const ADVICE = { atRisk: "nothing: nothing was sent" } as const;

function wrongChain(actual: number, expected: number): UserError {
  return new UserError("E_WRONG_CHAIN", `The RPC serves chain ${actual}, not chain ${expected}.`, {
    ...ADVICE,
    next: "Use an RPC of the configured chain, or configure the chain that is meant.",
    facts: { actual: String(actual), expected: String(expected) },
  });
}

function noContract(address: Address, chainId: number): UserError {
  return new UserError("E_NO_CONTRACT", `There is no contract at ${address} on chain ${chainId}.`, {
    ...ADVICE,
    next: "Check the market's address; a local chain that was started anew has forgotten its contracts.",
    facts: { address, chainId: String(chainId) },
  });
}

function wrongContract(address: Address, chainId: number, version: string | undefined): UserError {
  const what = version === undefined ? "not a market of Berth" : `a market of version ${version}`;
  return new UserError("E_WRONG_CONTRACT", `The contract at ${address} on chain ${chainId} is ${what}.`, {
    ...ADVICE,
    next: "Check the market's address, and use the version of Berth that goes with it.",
    facts: { address, chainId: String(chainId) },
  });
}

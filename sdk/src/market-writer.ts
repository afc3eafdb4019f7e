// SPDX-License-Identifier: Apache-2.0
import {
  type Abi,
  type Account,
  type Address,
  type Chain,
  type Hash,
  isAddressEqual,
  type PublicClient,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from "viem";
import { withSignal } from "./chain-read.ts";
import { type BerthError, PermanentError, RetryableError } from "./errors.ts";
import { decodeMarketLogs, type MarketEvent } from "./events.ts";
import { explainRevert, type RevertContext } from "./reverts.ts";
import { publicCause } from "./rpc-errors.ts";

const GAS_MARGIN = 100_000n;

/** Any call of a contract: those of `marketCalls` and `approveCall` are. */
export interface ContractCall {
  readonly abi: Abi;
  readonly address: Address;
  readonly functionName: string;
  readonly args: readonly unknown[];
}

export type SigningClient = WalletClient<Transport, Chain | undefined, Account>;

export interface SendOptions {
  readonly signal?: AbortSignal;
  /** How to word a refusal. */
  readonly context?: RevertContext;
}

/** A call that a block holds; `events` are those of the called contract. */
export interface SentCall {
  readonly hash: Hash;
  readonly blockNumber: bigint;
  readonly events: readonly MarketEvent[];
}

/**
 * Simulates a call, sends it and waits until a block holds it. A refusal is a UserError as `explainRevert` words it, before
 * anything is sent. The signal ends the wait, not the transaction.
 *
 * Throws RetryableError E_SENDING_UNKNOWN when the RPC went away while the call was sent, E_RECEIPT_UNKNOWN when it was sent
 * but no block could be seen to hold it, E_TRANSACTION_REVERTED when the block undid it though it could be done before and
 * after; and PermanentError E_TRANSACTION_REPLACED when another transaction took its place.
 */
export async function sendCall(
  walletClient: SigningClient,
  publicClient: PublicClient,
  call: ContractCall,
  { signal, context }: SendOptions = {},
): Promise<SentCall> {
  const account = walletClient.account;
  const simulate = (): Promise<unknown> =>
    withSignal(publicClient, signal, (reader) => reader.simulateContract({ ...call, account }), context);
  await simulate();
  const estimate = await withSignal(
    publicClient,
    signal,
    (reader) => reader.estimateContractGas({ ...call, account }),
    context,
  );
  const chain = walletClient.chain ?? publicClient.chain ?? null;
  const hash = await walletClient
    .writeContract({ ...call, account, chain, gas: gasWithMargin(estimate) })
    .catch((error: unknown) => {
      const explained = explainRevert(error, context);
      throw explained.code === "E_RPC_UNREACHABLE" ? sendingUnknown(explained) : explained;
    });
  const receipt = await receiptOf(publicClient, hash, signal);
  if (receipt.status === "reverted") {
    await simulate();
    throw reverted(receipt.transactionHash);
  }
  const own = receipt.logs.filter((log) => isAddressEqual(log.address, call.address));
  return { hash: receipt.transactionHash, blockNumber: receipt.blockNumber, events: decodeMarketLogs(own) };
}

async function receiptOf(
  client: PublicClient,
  hash: Hash,
  signal: AbortSignal | undefined,
): Promise<TransactionReceipt> {
  let otherTook = false;
  const onReplaced = ({ reason }: { readonly reason: string }): void => {
    otherTook = reason !== "repriced";
  };
  try {
    const receipt = await client.waitForTransactionReceipt({ hash, onReplaced, signal });
    if (!otherTook) return receipt;
  } catch (error) {
    signal?.throwIfAborted();
    throw receiptUnknown(hash, error);
  }
  throw replaced(hash);
}

/** The gas to give a call of the market: its block comes later than the estimate, and what settled nothing then may bill. */
export function gasWithMargin(estimate: bigint): bigint {
  return (estimate * 3n) / 2n + GAS_MARGIN;
}

function sendingUnknown(cause: BerthError): RetryableError {
  return new RetryableError("E_SENDING_UNKNOWN", "It is not known whether the transaction was sent.", {
    atRisk: "what the transaction moves: it may still come into a block, so sending it again may pay twice",
    next: "Read the state and the account's transactions before repeating the call.",
    facts: cause.facts,
    cause,
  });
}

function receiptUnknown(hash: Hash, error: unknown): RetryableError {
  return new RetryableError(
    "E_RECEIPT_UNKNOWN",
    `Transaction ${hash} was sent, but no block is known to hold it.`,
    {
      atRisk: "what the transaction moves: it may still come into a block, so sending it again may pay twice",
      next: "Look the transaction up, and read the state before repeating the call.",
      facts: { hash },
      cause: publicCause(error),
    },
  );
}

function reverted(hash: Hash): RetryableError {
  return new RetryableError("E_TRANSACTION_REVERTED", `Transaction ${hash} was undone by the contract.`, {
    atRisk:
      "only the gas: the call moved no money; the same call would succeed now, so the state has changed meanwhile",
    next: "Read the state; if the call is still wanted, repeat it.",
    facts: { hash },
  });
}

function replaced(hash: Hash): PermanentError {
  return new PermanentError("E_TRANSACTION_REPLACED", `Another transaction took the place of ${hash}.`, {
    atRisk: "nothing by this call: it will never come into a block",
    next: "If it was not cancelled on purpose, see what else uses this account; then repeat the call.",
    facts: { hash },
  });
}

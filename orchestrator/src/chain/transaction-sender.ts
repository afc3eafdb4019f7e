// SPDX-License-Identifier: Apache-2.0
import {
  type BerthError,
  type ContractCall,
  explainRevert,
  gasWithMargin,
  RetryableError,
  withSignal,
} from "@berth/sdk";
import { encodeFunctionData, isAddressEqual, type TransactionReceipt } from "viem";
import type { OutboxEntry } from "../ports/journal.ts";
import { deliver, type DeliveryOptions } from "./delivery.ts";
import { capFees, marketFees } from "./fees.ts";
import { createQueue } from "./queue.ts";
import { readWith } from "./read.ts";
import { gasMoneyShort } from "./refusals.ts";
import { signerOf, signIntoOutbox } from "./signing.ts";

export interface SenderOptions extends DeliveryOptions {
  readonly chainId: number;
}

/** A transaction that is wanted. */
export interface TransactionRequest<Call extends ContractCall | null> {
  /** What for, in words that go on after "to": `start lease 7`. */
  readonly purpose: string;
  /** What to send, decided when its turn has come and nothing of ours is on its way; null when there is nothing left to do. */
  readonly prepare: (signal: AbortSignal) => Promise<Call>;
}

export interface MinedTransaction {
  readonly hash: `0x${string}`;
  readonly blockNumber: bigint;
}

/** The transaction, or null where there may have been nothing to send. */
export type Sent<Call> = MinedTransaction | Extract<Call, null>;

/** The only one who signs with the operator's key. One transaction at a time: a nonce is used once the one before it is spent. */
export interface TransactionSender {
  /**
   * Resolves once a block holds the transaction. A refusal by the contract is a UserError in words and costs nothing. A
   * RetryableError leaves open whether it happened: `prepare` finds out at the next try.
   */
  send<Call extends ContractCall | null>(
    request: TransactionRequest<Call>,
    signal: AbortSignal,
  ): Promise<Sent<Call>>;
  /** Sends again what an earlier run signed and did not see through, and resolves once none of it is on its way. */
  recover(signal: AbortSignal): Promise<void>;
}

/** How often one request is signed anew because somebody else with the same key took its nonce. */
const MOST_ATTEMPTS = 5;

/** A sender for one key; what another run left in the journal's outbox is finished before anything new is signed. */
export function createTransactionSender(options: SenderOptions): TransactionSender {
  const queue = createQueue();
  return {
    send: (request, signal) =>
      queue(signal, async () => {
        await finishPending(options, signal);
        return sendNow(options, request, signal);
      }),
    recover: (signal) => queue(signal, () => finishPending(options, signal)),
  };
}

async function finishPending(options: SenderOptions, signal: AbortSignal): Promise<void> {
  const pending = await ownPending(options);
  for (const nonce of new Set(pending.map((entry) => entry.nonce))) {
    const [first, ...others] = pending.filter((entry) => entry.nonce === nonce);
    if (first !== undefined) await deliver(options, [first, ...others], false, signal);
  }
}

/**
 * What our key signed. Anything else was signed before the operator's key was replaced: its nonces are another account's, and the
 * contract refuses what it was to do. What is still wanted is decided anew from the state.
 */
async function ownPending({ account, journal, log }: SenderOptions): Promise<readonly OutboxEntry[]> {
  const own: OutboxEntry[] = [];
  for (const entry of journal.pendingOutbox()) {
    if (isAddressEqual(await signerOf(entry), account.address)) own.push(entry);
    else {
      journal.setOutboxState(entry.id, "failed");
      const { purpose, nonce, hash } = entry;
      log.warn({ purpose, nonce, hash }, "signed with another key than the operator's of now: given up");
    }
  }
  return own;
}

async function sendNow<Call extends ContractCall | null>(
  options: SenderOptions,
  { purpose, prepare }: TransactionRequest<Call>,
  signal: AbortSignal,
): Promise<Sent<Call>> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const call = await prepare(signal);
    if (call === null) return null as Sent<Call>;
    const entry = await sign(options, purpose, call, signal);
    const delivered = await deliver(options, [entry], true, signal);
    if (delivered.kind === "displaced") continue;
    const { transactionHash: hash, blockNumber, status } = delivered.receipt;
    if (status === "reverted") throw await whyReverted(options, purpose, call, delivered.receipt, signal);
    return { hash, blockNumber };
  }
  throw nonceContested(options.account.address, purpose);
}

/** Simulates the call, and if it would succeed, signs it into the outbox. */
async function sign(
  { account, client, chainId, journal, maxFeePerGas }: SenderOptions,
  purpose: string,
  call: ContractCall,
  signal: AbortSignal,
): Promise<OutboxEntry> {
  const { address } = account;
  const estimate = await withSignal(client, signal, (reader) =>
    reader.estimateContractGas({ ...call, account: address }),
  );
  const gas = gasWithMargin(estimate);
  const [nonce, balance, market] = await readWith(client, signal, (reader) =>
    Promise.all([
      reader.getTransactionCount({ address, blockTag: "pending" }),
      reader.getBalance({ address }),
      marketFees(reader),
    ]),
  );
  const fees = capFees(market, maxFeePerGas);
  if (balance < gas * fees.maxFeePerGas) throw gasMoneyShort(address, gas * fees.maxFeePerGas, balance);
  const data = encodeFunctionData(call);
  return signIntoOutbox(account, journal, purpose, { chainId, nonce, to: call.address, data, gas, ...fees });
}

/** The contract's reason, by simulating the call on the state that the block left. */
async function whyReverted(
  { account, client }: SenderOptions,
  purpose: string,
  call: ContractCall,
  { transactionHash, blockNumber }: TransactionReceipt,
  signal: AbortSignal,
): Promise<BerthError> {
  const unexplained = new RetryableError(
    "E_TRANSACTION_REVERTED",
    `The transaction to ${purpose} was undone by the contract in block ${blockNumber}; why cannot be told any more.`,
    {
      atRisk: "nothing but the gas: the call changed nothing",
      next: "What is to be done is decided anew from the state.",
      facts: { hash: transactionHash },
    },
  );
  const again = { ...call, account: account.address, blockNumber };
  try {
    await withSignal(client, signal, (reader) => reader.simulateContract(again));
    return unexplained;
  } catch (error) {
    signal.throwIfAborted();
    const explained = explainRevert(error);
    return explained.retryable ? unexplained : explained;
  }
}

function nonceContested(address: string, purpose: string): RetryableError {
  return new RetryableError(
    "E_NONCE_CONTESTED",
    `Other transactions of ${address} took the nonce ${MOST_ATTEMPTS} times while the daemon tried to ${purpose}.`,
    {
      atRisk: "reports and starts that come too late, while somebody else sends with the operator's key",
      next: "Stop what else uses this key: the operator's key belongs to one daemon. If it is nobody you know, name another operator.",
      facts: { operator: address },
    },
  );
}

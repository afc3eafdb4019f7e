// SPDX-License-Identifier: Apache-2.0
import { explainRevert } from "@berth/sdk";
import {
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import type { Clock } from "../ports/clock.ts";
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import type { Log, LogFields } from "../ports/log.ts";
import { marketFees, raiseFees } from "./fees.ts";
import { readWith } from "./read.ts";
import { gasMoneyShort, type Refusal, refusalOf, transactionRefused } from "./refusals.ts";
import { draftOf, signIntoOutbox } from "./signing.ts";

export interface DeliveryOptions {
  readonly account: LocalAccount;
  readonly client: PublicClient;
  readonly journal: Pick<Journal, "addToOutbox" | "setOutboxState" | "pendingOutbox">;
  readonly clock: Clock;
  readonly log: Log;
  /** How often receipts are looked for, in milliseconds. */
  readonly pollIntervalMs: number;
  /** After how long without a block a transaction is sent again with higher fees, in milliseconds. */
  readonly bumpAfterMs: number;
  /** The most that is ever offered per unit of gas, in wei. */
  readonly maxFeePerGas: bigint;
  /** Told once of each transaction that came to an end. */
  readonly ended: (transaction: EndedTransaction) => void;
}

/** Displaced: somebody else's took its nonce. Refused: the node would not have it, and it never happened. */
export type TransactionOutcome = "mined" | "reverted" | "displaced" | "refused";

export interface EndedTransaction {
  readonly purpose: string;
  readonly outcome: TransactionOutcome;
  /** What the chain took for it, in wei. */
  readonly cost: bigint;
}

/** What became of a nonce: a block holds one of our transactions, or somebody else's took it and ours never happened. */
export type Delivered =
  { readonly kind: "mined"; readonly receipt: TransactionReceipt } | { readonly kind: "displaced" };

/** Transactions that share a nonce and differ in fees, in the order of their making. */
type Versions = readonly [OutboxEntry, ...OutboxEntry[]];

/**
 * How often in a row a nonce must be found used, with no receipt of ours, until it counts as somebody else's: behind one address
 * there may be nodes of which one is a block ahead.
 */
const TIMES_FOUND_TAKEN = 2;

/**
 * Sends a transaction that is in the outbox and stays with it until its nonce is spent, with higher fees when no block takes it.
 * `isNew` says that nobody can have sent it before: then a refusal means that it never happened. When the node cannot be reached,
 * or the signal is aborted, it stays in the outbox.
 */
export async function deliver(
  options: DeliveryOptions,
  versions: Versions,
  isNew: boolean,
  signal: AbortSignal,
): Promise<Delivered> {
  const { client, clock } = options;
  let sent = versions;
  let timesTaken = 0;
  await broadcast(options, newest(sent), isNew, signal);
  let sentAt = clock.now();
  for (;;) {
    const isUsed = await isNonceUsed(options, versions[0].nonce, signal);
    const receipt = await findReceipt(client, sent, signal);
    if (receipt !== null) return conclude(options, sent, receipt);
    timesTaken = isUsed ? timesTaken + 1 : 0;
    if (timesTaken === TIMES_FOUND_TAKEN) return giveUp(options, sent);
    if (clock.now() - sentAt >= options.bumpAfterMs) {
      sent = await insist(options, sent, signal);
      sentAt = clock.now();
    }
    await clock.sleep(options.pollIntervalMs, signal);
  }
}

async function broadcast(
  options: DeliveryOptions,
  entry: OutboxEntry,
  isNew: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { client, journal, log } = options;
  const { id, hash, rawTransaction } = entry;
  signal.throwIfAborted();
  try {
    await client.scope({ signal }).sendRawTransaction({ serializedTransaction: rawTransaction });
  } catch (error) {
    signal.throwIfAborted();
    const refusal = refusalOf(error);
    const isHarmless = refusal === "known" || refusal === "nonceUsed";
    log[isHarmless ? "debug" : "warn"](
      { ...aboutOf(entry), hash, refusal },
      "the node did not take the transaction",
    );
    settleRefusal(options, entry, isNew, refusal, error);
    return;
  }
  journal.setOutboxState(id, "sent");
  log.info({ ...aboutOf(entry), hash }, "transaction sent");
}

/** Throws what ends the delivery; what time or higher fees may mend is left to the wait for a receipt. */
function settleRefusal(
  { account, journal, ended }: DeliveryOptions,
  entry: OutboxEntry,
  isNew: boolean,
  refusal: Refusal,
  error: unknown,
): void {
  if (refusal === "unreachable") throw explainRevert(error);
  const neverHappened = isNew && (refusal === "refused" || refusal === "unpayable");
  if (neverHappened) {
    journal.setOutboxState(entry.id, "failed");
    ended({ purpose: entry.purpose, outcome: "refused", cost: 0n });
  }
  if (refusal === "unpayable") {
    const { gas, maxFeePerGas } = draftOf(entry);
    throw gasMoneyShort(account.address, gas * maxFeePerGas, null);
  }
  if (neverHappened) throw transactionRefused(entry.purpose, error);
}

/** Read before the receipts, so that a block that comes in between cannot make our own transaction look like another's. */
async function isNonceUsed(
  { account: { address }, client }: DeliveryOptions,
  nonce: number,
  signal: AbortSignal,
): Promise<boolean> {
  const used = await readWith(client, signal, (reader) => reader.getTransactionCount({ address }));
  return used > nonce;
}

async function findReceipt(
  client: PublicClient,
  versions: Versions,
  signal: AbortSignal,
): Promise<TransactionReceipt | null> {
  for (const { hash } of versions) {
    const receipt = await readWith(client, signal, (reader) => receiptOf(reader, hash));
    if (receipt !== null) return receipt;
  }
  return null;
}

async function receiptOf(client: PublicClient, hash: `0x${string}`): Promise<TransactionReceipt | null> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
}

function conclude(
  { journal, log, ended }: DeliveryOptions,
  versions: Versions,
  receipt: TransactionReceipt,
): Delivered {
  const { transactionHash, blockNumber, gasUsed, status } = receipt;
  for (const { id, hash } of versions) {
    journal.setOutboxState(id, hash === transactionHash && status === "success" ? "mined" : "failed");
  }
  const { purpose } = versions[0];
  const fields = { ...aboutOf(versions[0]), hash: transactionHash, status };
  log.info({ ...fields, blockNumber: String(blockNumber), gasUsed: String(gasUsed) }, "transaction mined");
  ended({ purpose, outcome: status === "success" ? "mined" : "reverted", cost: costOf(receipt) });
  return { kind: "mined", receipt };
}

function costOf({ gasUsed, effectiveGasPrice }: TransactionReceipt): bigint {
  return gasUsed * effectiveGasPrice;
}

function giveUp({ journal, log, ended }: DeliveryOptions, versions: Versions): Delivered {
  for (const { id } of versions) journal.setOutboxState(id, "failed");
  const { purpose } = versions[0];
  log.warn(aboutOf(versions[0]), "another transaction of the same key took the nonce");
  ended({ purpose, outcome: "displaced", cost: 0n });
  return { kind: "displaced" };
}

/** Sends again, with higher fees where the cap allows them; answers all versions that are about now. */
async function insist(options: DeliveryOptions, versions: Versions, signal: AbortSignal): Promise<Versions> {
  const { account, client, journal, log } = options;
  const last = newest(versions);
  const draft = draftOf(last);
  const market = await readWith(client, signal, marketFees);
  const fees = raiseFees(draft, market, options.maxFeePerGas);
  if (fees === null) {
    log.warn(
      { ...aboutOf(last), hash: last.hash },
      "no block takes the transaction, and its fees are at the cap",
    );
    await broadcast(options, last, false, signal);
    return versions;
  }
  const raised = await signIntoOutbox(account, journal, last.purpose, { ...draft, ...fees });
  await broadcast(options, raised, false, signal);
  return [...versions, raised];
}

/** What every line about a transaction tells: what it is for, and of which lease. */
function aboutOf({ purpose, nonce }: OutboxEntry): LogFields {
  const leaseId = / lease (\d+)$/.exec(purpose)?.[1];
  return leaseId === undefined ? { purpose, nonce } : { leaseId, purpose, nonce };
}

function newest(versions: Versions): OutboxEntry {
  return versions.at(-1) ?? versions[0];
}

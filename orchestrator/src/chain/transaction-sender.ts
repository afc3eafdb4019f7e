// SPDX-License-Identifier: Apache-2.0
import { BerthError, type ContractCall, RetryableError } from "@berth/sdk";
import type { TransactionReceipt } from "viem";
import type { Journal } from "../ports/journal.ts";
import { deliver, type DeliveryOptions, newest, type Versions } from "./delivery.ts";
import { untilShown } from "./caught-up.ts";
import { freeNonce } from "./nonces.ts";
import { pruneWhatIsFinal } from "./outbox-pruning.ts";
import { createQueue, type Worth } from "./queue.ts";
import { transactionStuck } from "./refusals.ts";
import { whyReverted } from "./reverted.ts";
import { signCall } from "./sign-call.ts";
import { draftOf } from "./signing.ts";
import { UnfinishedOutbox } from "./unfinished-outbox.ts";

export interface SenderOptions extends DeliveryOptions {
  readonly journal: DeliveryOptions["journal"] & Pick<Journal, "pruneOutbox">;
}

/** A transaction that is wanted. */
export interface TransactionRequest<Call extends ContractCall | null> {
  /** What for, in words that go on after "to": `start lease 7`. Read once there is a call: they may tell what it came to. */
  readonly purpose: string;
  readonly worth: Worth;
  /** What to send, decided when its turn has come and nothing of ours is on its way; null when there is nothing left to do. */
  readonly prepare: (signal: AbortSignal) => Promise<Call>;
  /** Wei that the call prepared last may cost at most; where the chain asks for more, nothing is sent. */
  readonly budget?: () => bigint;
  /** Told why the contract refuses the call prepared last; true where the next one will ask for less. */
  readonly narrow?: (refusal: BerthError) => boolean;
}

export interface MinedTransaction {
  readonly hash: `0x${string}`;
  readonly blockNumber: bigint;
}

/** The transaction, or null where there may have been nothing to send. */
export type Sent<Call> = MinedTransaction | Extract<Call, null>;

/**
 * The only one who signs with the operator's key. One transaction at a time: a nonce is used once the one before it is spent, and
 * nothing is decided on a head before that one's block.
 */
export interface TransactionSender {
  /**
   * Resolves once a block holds the transaction, or its effect is there without it. A refusal by the contract is a UserError in
   * words and costs nothing. A RetryableError leaves open whether it happened: `prepare` finds out at the next try.
   */
  send<Call extends ContractCall | null>(
    request: TransactionRequest<Call>,
    signal: AbortSignal,
  ): Promise<Sent<Call>>;
  /** Sends again what an earlier run signed and did not see through, and resolves once it is in a block or given up. */
  recover(signal: AbortSignal): Promise<void>;
}

/** How often one request is planned anew because its nonce went to something else. */
const MOST_ATTEMPTS = 5;

/** A sender for one key; what another run left in the journal's outbox is finished before anything new is signed. */
export function createTransactionSender(options: SenderOptions): TransactionSender {
  const queue = createQueue();
  const prune = pruneWhatIsFinal(options);
  const outbox = new UnfinishedOutbox(options);
  let minedAt = 0n;
  return {
    send: (request, signal) =>
      queue(request.worth, signal, async () => {
        if (minedAt > 0n) await untilShown(options, minedAt, signal);
        const sent = await sendNow(options, outbox, request, signal);
        if (sent === null) return sent;
        minedAt = sent.blockNumber;
        await prune(sent.blockNumber, signal);
        return sent;
      }),
    recover: (signal) => queue("report", signal, async () => void (await outbox.finish(signal))),
  };
}

async function sendNow<Call extends ContractCall | null>(
  options: SenderOptions,
  outbox: UnfinishedOutbox,
  request: TransactionRequest<Call>,
  signal: AbortSignal,
): Promise<Sent<Call>> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const outcome = await sendOnce(options, outbox, request, signal);
    if (outcome !== null) return outcome.sent;
  }
  throw nonceContested(options.account.address, request.purpose);
}

/** What a request came to, or null where its nonce went to something else and it is to be planned anew. */
async function sendOnce<Call extends ContractCall | null>(
  options: SenderOptions,
  outbox: UnfinishedOutbox,
  request: TransactionRequest<Call>,
  signal: AbortSignal,
): Promise<{ readonly sent: Sent<Call> } | null> {
  const nothing = { sent: null as Sent<Call> };
  const before = await outbox.finish(signal);
  const nonce = before?.[0].nonce ?? (await freeNonce(options, signal));
  const signed = await signWanted(options, request, nonce, before, signal);
  if (signed === null) return nothing;
  const { purpose } = request;
  const receipt = await receiptFor(options, outbox, purpose, before, signed.versions, signal);
  if (receipt === null) return null;
  const { transactionHash: hash, blockNumber } = receipt;
  if (receipt.status === "success") return { sent: { hash, blockNumber } };
  if ((await request.prepare(signal)) === null) return nothing;
  throw await whyReverted(options, purpose, signed.call, receipt, signal);
}

interface Signed {
  readonly call: ContractCall;
  readonly versions: Versions;
}

/** What was signed; null where there is nothing to do, also where the contract refuses because the effect came about meanwhile. */
async function signWanted<Call extends ContractCall | null>(
  options: SenderOptions,
  request: TransactionRequest<Call>,
  nonce: number,
  before: Versions | null,
  signal: AbortSignal,
): Promise<Signed | null> {
  for (;;) {
    const call = await request.prepare(signal);
    if (call === null) return null;
    const wanted = { purpose: request.purpose, call, nonce, budget: request.budget?.() ?? null };
    try {
      const versions = await signCall(options, wanted, before, signal);
      return versions && { call, versions };
    } catch (error) {
      if (!(await hasNarrowed(request, error, signal))) return null;
    }
  }
}

/** Whether to ask for less after a refusal; false where there is nothing left to do, and the refusal is thrown where neither is so. */
async function hasNarrowed(
  request: TransactionRequest<ContractCall | null>,
  error: unknown,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(error instanceof BerthError) || error.retryable) throw error;
  if ((await request.prepare(signal)) === null) return false;
  if (request.narrow?.(error) === true) return true;
  throw error;
}

/** The receipt of what was signed after what waited `before`; null where that, or somebody else's transaction, took the nonce. */
async function receiptFor(
  options: SenderOptions,
  outbox: UnfinishedOutbox,
  purpose: string,
  before: Versions | null,
  versions: Versions,
  signal: AbortSignal,
): Promise<TransactionReceipt | null> {
  const isNew = before?.at(-1) !== newest(versions);
  const delivered = await deliver(options, versions, isNew, signal);
  if (delivered.kind === "displaced") return null;
  if (delivered.kind === "stuck") throw givenUp(options, outbox, purpose, delivered.versions);
  const { receipt } = delivered;
  const isEarlier = before?.some(({ hash }) => hash === receipt.transactionHash) === true;
  return isEarlier ? null : receipt;
}

function givenUp(
  { maxFeePerGas }: SenderOptions,
  outbox: UnfinishedOutbox,
  purpose: string,
  versions: Versions,
): BerthError {
  outbox.giveUp(versions);
  return transactionStuck(purpose, draftOf(newest(versions)).maxFeePerGas, maxFeePerGas);
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

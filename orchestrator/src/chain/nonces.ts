// SPDX-License-Identifier: Apache-2.0
import {
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
  TransactionReceiptNotFoundError,
} from "viem";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { OutboxEntry } from "../ports/journal.ts";
import { broadcast, type BroadcastOptions } from "./broadcast.ts";
import { capFees, marketFees } from "./fees.ts";
import { readWith } from "./read.ts";
import { signIntoOutbox } from "./signing.ts";

export interface NonceOptions extends BroadcastOptions {
  readonly account: LocalAccount;
  readonly client: PublicClient;
  readonly chainId: number;
  readonly clock: Clock;
  readonly log: Log;
  /** How often the chain is looked at, in milliseconds. */
  readonly pollIntervalMs: number;
  /** After how long without a block an act is given up, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** The most that is ever offered per unit of gas, in wei. */
  readonly maxFeePerGas: bigint;
}

/** How many looks in a row must find a nonce unknown until it counts as lost: a node may be behind others for a moment. */
const TIMES_FOUND_MISSING = 4;

/** How many nonces blocks have used up. Read before receipts, so that no block in between makes ours look like another's. */
export function usedNonces(
  { account: { address }, client }: NonceOptions,
  signal: AbortSignal,
): Promise<number> {
  return readWith(client, signal, (reader) => reader.getTransactionCount({ address }));
}

/** The receipt of the one that a block holds; null where none does. */
export async function findReceipt(
  client: PublicClient,
  versions: readonly OutboxEntry[],
  signal: AbortSignal,
): Promise<TransactionReceipt | null> {
  for (const { hash } of versions) {
    const receipt = await readWith(client, signal, (reader) => receiptOf(reader, hash));
    if (receipt !== null) return receipt;
  }
  return null;
}

/** The receipt of a transaction; null where no block holds it. */
export async function receiptOf(
  client: PublicClient,
  hash: `0x${string}`,
): Promise<TransactionReceipt | null> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  }
}

/**
 * The nonce to sign with while nothing of ours is known to be on its way. What waits in the node under the same key was sent by
 * somebody else, or by us before the journal was lost: it is waited for, so that nothing is done twice under two nonces. What no
 * block takes in time is replaced: its nonce is answered.
 */
export async function freeNonce(options: NonceOptions, signal: AbortSignal): Promise<number> {
  const { account, client, clock, log, pollIntervalMs, giveUpAfterMs } = options;
  const { address } = account;
  const since = clock.monotonic();
  for (let isSaid = false; ; isSaid = true) {
    const used = await usedNonces(options, signal);
    const known = await readWith(client, signal, (reader) =>
      reader.getTransactionCount({ address, blockTag: "pending" }),
    );
    if (known <= used) return used;
    const fields = { operator: address, nonce: used, waiting: known - used };
    if (!isSaid) log.warn(fields, "waiting for transactions of this key that are not in the journal");
    if (clock.monotonic() - since >= giveUpAfterMs) {
      log.warn(fields, "no block takes a transaction that is not in the journal: it is replaced");
      return used;
    }
    await clock.sleep(pollIntervalMs, signal);
  }
}

/**
 * A watch over the nonce that blocks ask for next while ours is a later one. When nobody knows a transaction with it any more, it
 * is filled with a transfer of nothing to ourselves, written down before it is sent.
 */
export function watchGap(options: NonceOptions): (nonce: number, signal: AbortSignal) => Promise<void> {
  const { account, client } = options;
  const { address } = account;
  let times = 0;
  return async (nonce, signal) => {
    const known = await readWith(client, signal, (reader) =>
      reader.getTransactionCount({ address, blockTag: "pending" }),
    );
    times = known > nonce ? 0 : times + 1;
    if (times < TIMES_FOUND_MISSING) return;
    times = 0;
    await fillGap(options, nonce, signal);
  };
}

async function fillGap(options: NonceOptions, nonce: number, signal: AbortSignal): Promise<void> {
  const { account, client, journal, chainId, maxFeePerGas, log } = options;
  const { address } = account;
  const [gas, market] = await readWith(client, signal, (reader) =>
    Promise.all([reader.estimateGas({ account: address, to: address, value: 0n }), marketFees(reader)]),
  );
  const draft = { chainId, nonce, to: address, data: "0x", gas, ...capFees(market, maxFeePerGas) } as const;
  const aim = { purpose: `fill nonce ${nonce}`, feeCap: null };
  log.warn(
    { operator: address, nonce },
    "nobody knows the transaction before ours any more: its nonce is filled",
  );
  await broadcast(options, await signIntoOutbox(account, journal, aim, draft), false, signal);
}

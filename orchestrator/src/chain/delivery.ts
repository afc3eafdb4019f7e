// SPDX-License-Identifier: Apache-2.0
import type { TransactionReceipt } from "viem";
import { crashpoint } from "../crashpoint.ts";
import type { OutboxEntry } from "../ports/journal.ts";
import { aboutOf, broadcast } from "./broadcast.ts";
import { lesserOf, marketFees, raiseFees } from "./fees.ts";
import { findReceipt, type NonceOptions, usedNonces, watchGap } from "./nonces.ts";
import { readWith } from "./read.ts";
import { draftOf, signIntoOutbox } from "./signing.ts";

export interface DeliveryOptions extends NonceOptions {
  /** After how long without a block a transaction is sent again with higher fees, in milliseconds. */
  readonly bumpAfterMs: number;
}

/** Transactions that share a nonce, of which one at most can come into a block, in the order of their making. */
export type Versions = readonly [OutboxEntry, ...OutboxEntry[]];

/**
 * What became of a nonce: a block holds one of our transactions; somebody else's took it and ours never happened; or no block took
 * it in time, and it may still come.
 */
export type Delivered =
  | { readonly kind: "mined"; readonly receipt: TransactionReceipt }
  | { readonly kind: "displaced" }
  | { readonly kind: "stuck"; readonly versions: Versions };

/**
 * How often in a row a nonce must be found used, with no receipt of ours, until it counts as somebody else's: behind one address
 * there may be nodes of which one is a block ahead.
 */
const TIMES_FOUND_TAKEN = 2;

/**
 * Sends the newest version and stays with the nonce until it is spent or the time is over, with higher fees when no block takes
 * it. `isNew` is as in {@link broadcast}. When the node cannot be reached, or the signal is aborted, it stays in the outbox.
 */
export async function deliver(
  options: DeliveryOptions,
  versions: Versions,
  isNew: boolean,
  signal: AbortSignal,
): Promise<Delivered> {
  const { clock, bumpAfterMs, giveUpAfterMs } = options;
  const look = watchNonce(options);
  let sent = versions;
  await broadcast(options, newest(sent), isNew, signal);
  const since = clock.monotonic();
  let sentAt = since;
  for (;;) {
    const delivered = await look(sent, signal);
    if (delivered !== null) return delivered;
    if (clock.monotonic() - since >= giveUpAfterMs) return stuck(options, sent);
    if (clock.monotonic() - sentAt >= bumpAfterMs) {
      const raised = await insist(options, sent, signal);
      if (raised === null) return stuck(options, sent);
      sent = raised;
      sentAt = clock.monotonic();
    }
    await clock.sleep(options.pollIntervalMs, signal);
  }
}

/** What became of the nonce of these, without sending anything; null while that is open. */
export async function settledBy(
  options: DeliveryOptions,
  versions: Versions,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const look = watchNonce(options);
  return (await look(versions, signal)) ?? look(versions, signal);
}

/** One look after another at what became of a nonce. */
function watchNonce(
  options: DeliveryOptions,
): (versions: Versions, signal: AbortSignal) => Promise<Delivered | null> {
  const watch = watchGap(options);
  let timesTaken = 0;
  return async (versions, signal) => {
    const { nonce } = versions[0];
    const used = await usedNonces(options, signal);
    const receipt = await findReceipt(options.client, versions, signal);
    if (receipt !== null) return conclude(options, versions, receipt);
    timesTaken = used > nonce ? timesTaken + 1 : 0;
    if (timesTaken === TIMES_FOUND_TAKEN) return displaced(options, versions);
    if (used < nonce) await watch(used, signal);
    return null;
  };
}

/** Others under the same nonce, for another purpose, will never happen: what takes a nonce may be decided anew. */
function conclude(
  { journal, log, ended }: DeliveryOptions,
  versions: Versions,
  receipt: TransactionReceipt,
): Delivered {
  const { transactionHash, blockNumber, gasUsed, status } = receipt;
  crashpoint("receipt-found");
  for (const { id, hash } of versions) {
    journal.setOutboxState(id, hash === transactionHash && status === "success" ? "mined" : "failed");
  }
  crashpoint("receipt-kept");
  const mined = versions.find(({ hash }) => hash === transactionHash) ?? versions[0];
  const { purpose } = mined;
  const fields = { ...aboutOf(mined), hash: transactionHash, status };
  log.info({ ...fields, blockNumber: String(blockNumber), gasUsed: String(gasUsed) }, "transaction mined");
  ended({ purpose, outcome: status === "success" ? "mined" : "reverted", cost: costOf(receipt) });
  for (const other of purposesOf(versions)) {
    if (other !== purpose) ended({ purpose: other, outcome: "displaced", cost: 0n });
  }
  return { kind: "mined", receipt };
}

function costOf({ gasUsed, effectiveGasPrice }: TransactionReceipt): bigint {
  return gasUsed * effectiveGasPrice;
}

function purposesOf(versions: Versions): ReadonlySet<string> {
  return new Set(versions.map(({ purpose }) => purpose));
}

function displaced({ journal, log, ended }: DeliveryOptions, versions: Versions): Delivered {
  for (const { id } of versions) journal.setOutboxState(id, "failed");
  for (const purpose of purposesOf(versions)) ended({ purpose, outcome: "displaced", cost: 0n });
  log.warn(aboutOf(versions[0]), "another transaction of the same key took the nonce");
  return { kind: "displaced" };
}

function stuck({ log }: DeliveryOptions, versions: Versions): Delivered {
  const last = newest(versions);
  log.warn(
    { ...aboutOf(last), hash: last.hash },
    "no block took the transaction in time: the act is given up, the nonce stays",
  );
  return { kind: "stuck", versions };
}

/** Sends again, with higher fees where the cap allows them; answers all versions now, or null where their own cap is reached. */
async function insist(
  options: DeliveryOptions,
  versions: Versions,
  signal: AbortSignal,
): Promise<Versions | null> {
  const { account, client, journal, log, maxFeePerGas } = options;
  const last = newest(versions);
  const { hash, feeCap } = last;
  const draft = draftOf(last);
  const market = await readWith(client, signal, marketFees);
  const fees = raiseFees(draft, market, feeCap === null ? maxFeePerGas : lesserOf(feeCap, maxFeePerGas));
  if (fees === null) {
    log.warn({ ...aboutOf(last), hash }, "no block takes the transaction, and its fees are at the cap");
    if (feeCap !== null) return null;
    await broadcast(options, last, false, signal);
    return versions;
  }
  const raised = await signIntoOutbox(account, journal, last, { ...draft, ...fees });
  await broadcast(options, raised, false, signal);
  return [...versions, raised];
}

/** The version that was made last. */
export function newest(versions: Versions): OutboxEntry {
  return versions.at(-1) ?? versions[0];
}

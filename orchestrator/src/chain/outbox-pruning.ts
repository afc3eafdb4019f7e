// SPDX-License-Identifier: Apache-2.0
import type { LocalAccount, PublicClient } from "viem";
import { failureOf } from "../domain/failure.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import { readWith } from "./read.ts";

export interface PruningOptions {
  readonly account: LocalAccount;
  readonly client: PublicClient;
  readonly journal: Pick<Journal, "pruneOutbox">;
  readonly log: Log;
}

/** How many blocks deep a nonce must have been used for its transactions to be forgotten: deeper than any reorganisation. */
const FINAL_DEPTH = 64n;

/**
 * Forgets what is mined or failed under nonces that blocks used up long ago, now and then as blocks go by. A node that does not
 * tell changes nothing.
 */
export function pruneWhatIsFinal(
  options: PruningOptions,
): (blockNumber: bigint, signal: AbortSignal) => Promise<void> {
  const { account, client, journal, log } = options;
  const { address } = account;
  let prunedAt = 0n;
  return async (head, signal) => {
    if (head < prunedAt + FINAL_DEPTH) return;
    const blockNumber = head - FINAL_DEPTH;
    try {
      journal.pruneOutbox(
        await readWith(client, signal, (reader) => reader.getTransactionCount({ address, blockNumber })),
      );
    } catch (error) {
      log.debug(failureOf(error), "the outbox was not pruned");
    }
    prunedAt = head;
  };
}

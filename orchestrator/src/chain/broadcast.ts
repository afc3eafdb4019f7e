// SPDX-License-Identifier: Apache-2.0
import { explainRevert } from "@berth/sdk";
import type { LocalAccount, PublicClient } from "viem";
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import { gasMoneyShort, type Refusal, refusalOf, transactionRefused } from "./refusals.ts";
import { draftOf } from "./signing.ts";

export interface BroadcastOptions {
  readonly account: LocalAccount;
  readonly client: PublicClient;
  readonly journal: Pick<Journal, "addToOutbox" | "setOutboxState" | "pendingOutbox">;
  readonly log: Log;
}

/**
 * Gives an entry of the outbox to the node. `isNew` says that nobody can have sent it before: then a refusal means that it never
 * happened. When the node cannot be reached, it stays in the outbox.
 */
export async function broadcast(
  options: BroadcastOptions,
  entry: OutboxEntry,
  isNew: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { client, journal, log } = options;
  const { id, nonce, purpose, hash, rawTransaction } = entry;
  signal.throwIfAborted();
  try {
    await client.scope({ signal }).sendRawTransaction({ serializedTransaction: rawTransaction });
  } catch (error) {
    signal.throwIfAborted();
    const refusal = refusalOf(error);
    const isHarmless = refusal === "known" || refusal === "nonceUsed";
    log[isHarmless ? "debug" : "warn"](
      { purpose, nonce, hash, refusal },
      "the node did not take the transaction",
    );
    settleRefusal(options, entry, isNew, refusal, error);
    return;
  }
  journal.setOutboxState(id, "sent");
  log.info({ purpose, nonce, hash }, "transaction sent");
}

/** Throws what ends the delivery; what time or higher fees may mend is left to the wait for a receipt. */
function settleRefusal(
  { account, journal }: BroadcastOptions,
  entry: OutboxEntry,
  isNew: boolean,
  refusal: Refusal,
  error: unknown,
): void {
  if (refusal === "unreachable") throw explainRevert(error);
  const neverHappened = isNew && (refusal === "refused" || refusal === "unpayable");
  if (neverHappened) journal.setOutboxState(entry.id, "failed");
  if (refusal === "unpayable") {
    const { gas, maxFeePerGas } = draftOf(entry);
    throw gasMoneyShort(account.address, gas * maxFeePerGas, null);
  }
  if (neverHappened) throw transactionRefused(entry.purpose, error);
}

// SPDX-License-Identifier: Apache-2.0
import { explainRevert } from "@berth/sdk";
import type { LocalAccount, PublicClient } from "viem";
import { crashpoint } from "../crashpoint.ts";
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import type { Log, LogFields } from "../ports/log.ts";
import type { EndedTransaction } from "./ended.ts";
import { gasMoneyShort, type Refusal, refusalOf, transactionRefused } from "./refusals.ts";
import { draftOf } from "./signing.ts";

export interface BroadcastOptions {
  readonly account: LocalAccount;
  readonly client: PublicClient;
  readonly journal: Pick<Journal, "addToOutbox" | "setOutboxState" | "pendingOutbox">;
  readonly log: Log;
  /** Told once of each transaction that came to an end. */
  readonly ended: (transaction: EndedTransaction) => void;
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
  crashpoint("transaction-sent");
  journal.setOutboxState(id, "sent");
  crashpoint("transaction-acknowledged");
  log.info({ ...aboutOf(entry), hash }, "transaction sent");
}

/** Throws what ends the delivery; what time or higher fees may mend is left to the wait for a receipt. */
function settleRefusal(
  { account, journal, ended }: BroadcastOptions,
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

/** What every line about a transaction tells: what it is for, and of which lease or leases. */
export function aboutOf({ purpose, nonce }: Pick<OutboxEntry, "purpose" | "nonce">): LogFields {
  const [first, ...others] = / leases? ([\d, ]+)$/.exec(purpose)?.[1]?.split(", ") ?? [];
  if (first === undefined) return { purpose, nonce };
  return others.length === 0
    ? { leaseId: first, purpose, nonce }
    : { leaseIds: [first, ...others], purpose, nonce };
}

// SPDX-License-Identifier: Apache-2.0
import type { ManifestDocument, MarketEventOf, SentCall } from "@berth/sdk";
import { BerthError, InvariantError, manifestHash, marketCalls, RetryableError, sendCall } from "@berth/sdk";
import type { Hash, Hex } from "viem";
import type { DocumentStore } from "../documents/store.ts";
import type { Candidate } from "./check-offer.ts";
import type { SigningSession } from "./session.ts";

/** A lease that was opened: its number, and where its document lies. */
export interface OpenedLease {
  readonly leaseId: bigint;
  readonly manifestHash: Hex;
  readonly transactionHash: Hash;
  readonly balance: bigint;
  /** Last second in which the provider can start it, since 1970. */
  readonly startBy: bigint;
  readonly documentPath: string;
}

/**
 * Keeps the document on disk, then opens a lease for it with money from the wallet; the allowance must be there. Throws what
 * `sendCall` throws; where it is unknown whether the lease was opened, the error says how to find out and go on.
 */
export async function openLease(
  session: SigningSession,
  { offerId, offer, token }: Candidate,
  { document, amount, store }: { document: ManifestDocument; amount: bigint; store: DocumentStore },
  signal: AbortSignal,
): Promise<OpenedLease> {
  const { market, wallet } = session;
  const hash = manifestHash(document);
  store.keep(document, hash);
  const call = marketCalls(market.address).open({
    offerId,
    provider: offer.provider,
    maxMilliRate: offer.terms.milliRatePerSecond,
    amount,
    manifestHash: hash,
    tenant: wallet.account.address,
  });
  const sent = await sendCall(wallet, market.client, call, { signal, context: { token } }).catch(
    (error: unknown) => {
      throw maybeOpened(error);
    },
  );
  const opened = openedBy(sent);
  const { leaseId, balance, startBy } = opened.args;
  const documentPath = store.assign(hash, leaseId);
  return { leaseId, balance, startBy, manifestHash: hash, transactionHash: sent.hash, documentPath };
}

function openedBy({ events, hash }: SentCall): MarketEventOf<"LeaseOpened"> {
  const opened = events.find((event) => event.name === "LeaseOpened");
  if (opened !== undefined) return opened;
  throw new InvariantError("E_LEASE_NOT_OPENED", `Transaction ${hash} succeeded and opened no lease.`, {
    atRisk: "the deposit, if it left the wallet",
    next: "Look at the transaction, and report this as a defect.",
    facts: { hash },
  });
}

function maybeOpened(error: unknown): unknown {
  if (!(error instanceof BerthError)) return error;
  if (!["E_RECEIPT_UNKNOWN", "E_INTERRUPTED"].includes(error.code)) return error;
  return new RetryableError(error.code, `${error.message} The lease may have been opened.`, {
    atRisk:
      "the deposit: if the lease was opened it lies there, and comes back if the lease is not started in time",
    next: "Look with `berth ps`; if the lease is there, `berth deploy --resume <lease>` sends its manifest, which is kept on this machine.",
    facts: error.facts,
    cause: error,
  });
}

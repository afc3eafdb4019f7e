// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import type { MinedTransaction } from "./transaction-sender.ts";

/** A reorganisation may hide what a transaction did: the state decides what comes next. */
export function withoutEffect(
  purpose: string,
  { hash, blockNumber }: MinedTransaction,
  found: string,
): RetryableError {
  return new RetryableError(
    "E_EFFECT_NOT_SEEN",
    `Block ${blockNumber} holds the transaction to ${purpose}, but its state does not show the effect: ${found}.`,
    {
      atRisk: "nothing that is known of: what is to be done is decided anew from the state",
      next: "It is tried again by itself; if this goes on, use another RPC.",
      facts: { hash },
    },
  );
}

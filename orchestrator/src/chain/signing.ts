// SPDX-License-Identifier: Apache-2.0
import {
  keccak256,
  type LocalAccount,
  parseTransaction,
  recoverTransactionAddress,
  type TransactionSerialized,
} from "viem";
import { crashpoint } from "../crashpoint.ts";
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import type { Fees } from "./fees.ts";

/** What is signed: a call that carries no coin. */
export interface Draft extends Fees {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: `0x${string}`;
  readonly data: `0x${string}`;
  readonly gas: bigint;
}

/** What a transaction is for, and the most that may be offered for it. */
export type Aim = Pick<OutboxEntry, "purpose" | "feeCap">;

/** Signs a draft and writes the result down, before anybody can have seen it. */
export async function signIntoOutbox(
  account: LocalAccount,
  journal: Pick<Journal, "addToOutbox">,
  { purpose, feeCap }: Aim,
  draft: Draft,
): Promise<OutboxEntry> {
  const rawTransaction = await account.signTransaction({ ...draft, type: "eip1559" });
  const entry = { nonce: draft.nonce, purpose, rawTransaction, hash: keccak256(rawTransaction), feeCap };
  crashpoint("transaction-signed");
  const id = journal.addToOutbox(entry);
  crashpoint("transaction-kept");
  return { ...entry, id, state: "signed" };
}

/** Whose signature an entry carries. */
export function signerOf({ rawTransaction }: OutboxEntry): Promise<`0x${string}`> {
  return recoverTransactionAddress({ serializedTransaction: rawTransaction as TransactionSerialized });
}

/** The draft that an entry was signed from. */
export function draftOf({ rawTransaction, nonce }: OutboxEntry): Draft {
  const { chainId, to, data, gas, maxFeePerGas, maxPriorityFeePerGas } = parseTransaction(rawTransaction);
  return {
    chainId: chainId ?? 0,
    nonce,
    to: to ?? "0x",
    data: data ?? "0x",
    gas: gas ?? 0n,
    maxFeePerGas: maxFeePerGas ?? 0n,
    maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n,
  };
}

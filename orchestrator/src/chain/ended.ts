// SPDX-License-Identifier: Apache-2.0

/** Displaced: another transaction took its nonce. Refused: the node would not have it, and it never happened. */
export type TransactionOutcome = "mined" | "reverted" | "displaced" | "refused";

/** A transaction of ours that nothing more is expected of. */
export interface EndedTransaction {
  readonly purpose: string;
  readonly outcome: TransactionOutcome;
  /** What the chain took for it, in wei. */
  readonly cost: bigint;
}

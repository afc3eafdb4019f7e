// SPDX-License-Identifier: Apache-2.0
import { NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

/** Refusals of the ledger. */
export const escrowWords: RevertTableOf<"Escrow"> = {
  EscrowBalanceInsufficient: ({ token, account, requested, available }, say) => ({
    message: `${account} wants to use ${say.amount(requested)}, but its free balance of ${token} is ${say.amount(available)}.`,
    atRisk: NO_MONEY_MOVED,
    next: `Ask for at most ${say.amount(available)}, or deposit the rest first; money in open leases comes back when they close.`,
  }),
  EscrowNothingArrived: ({ token }) => ({
    message: `The transfer of ${token} brought nothing in: the amount was 0, or the token kept all of it.`,
    atRisk: NO_MONEY_MOVED,
    next: "Send more than 0; if the token takes a fee on transfers, send enough to cover it.",
  }),
  EscrowRecipientInvalid: ({ to }) => ({
    message: `A payment cannot go to ${to}: that is nobody, or the market itself.`,
    atRisk: "nothing: the call was undone; money sent there would have been lost",
    next: "Name the account that is to be paid.",
  }),
};

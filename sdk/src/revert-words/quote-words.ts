// SPDX-License-Identifier: Apache-2.0
import { date, NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

const ASK_AGAIN = "Ask the provider for a new quote.";

/** Refusals about privately signed terms. */
export const quoteWords: RevertTableOf<"Quote" | "StringTooLong"> = {
  QuoteSpent: ({ provider, salt }) => ({
    message: `The quote ${salt} of ${provider} was used or cancelled before.`,
    atRisk: NO_MONEY_MOVED,
    next: ASK_AGAIN,
  }),
  QuoteExpired: ({ time, expiresAt }) => ({
    message: `The quote was good until ${date(expiresAt)}; now it is ${date(time)}.`,
    atRisk: NO_MONEY_MOVED,
    next: ASK_AGAIN,
  }),
  QuoteTenantMismatch: ({ actual, expected }) => ({
    message: `The quote is for ${expected}, not for ${actual}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Use it from the account that it names, or ask the provider for one of your own.",
  }),
  QuoteLeaseMismatch: ({ actual, expected }) => ({
    message: `The quote is for ${leaseNamed(expected)}, not for ${leaseNamed(actual)}.`,
    atRisk: NO_MONEY_MOVED,
    next: ASK_AGAIN,
  }),
  QuoteOfferMismatch: ({ actual, expected }) => ({
    message: `The quote is for offer ${expected}; the lease was opened under offer ${actual}.`,
    atRisk: NO_MONEY_MOVED,
    next: ASK_AGAIN,
  }),
  QuoteSignerInvalid: ({ provider, signer, operator }) => ({
    message: `The quote is signed by ${signer}; the operator of ${provider} is ${operator}.`,
    atRisk: NO_MONEY_MOVED,
    next: `${ASK_AGAIN} A quote loses its force when the provider names another operator.`,
  }),
  StringTooLong: ({ str }) => ({
    message: `The text "${str}" is too long for the name or version of the quotes' domain.`,
    atRisk: "nothing: the market was not deployed",
    next: "Report this as a defect: the market's own texts are short.",
  }),
};

function leaseNamed(leaseId: bigint): string {
  return leaseId === 0n ? "a new lease" : `lease ${leaseId}`;
}

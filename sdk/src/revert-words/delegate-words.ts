// SPDX-License-Identifier: Apache-2.0
import { date, NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

/** Refusals about acting for somebody else. */
export const delegateWords: RevertTableOf<"Delegate"> = {
  DelegateNotAuthorized: ({ principal, delegate, token, until }) => ({
    message:
      until === 0n
        ? `${delegate} cannot open a lease for ${principal}: it is not his delegate for the token ${token}.`
        : `${delegate} was the delegate of ${principal} for the token ${token} until ${date(until)}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Open the lease for the calling account, or let the principal call setDelegate.",
  }),
  DelegateCapExceeded: ({ principal, requested, cap }, say) => ({
    message: `The delegate may still spend ${say.amount(cap)} of ${principal}; ${say.amount(requested)} was asked for.`,
    atRisk: NO_MONEY_MOVED,
    next: "Ask for less, pay from the delegate's own wallet, or let the principal set a new cap.",
  }),
};

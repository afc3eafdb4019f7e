// SPDX-License-Identifier: Apache-2.0
import { NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

/** Refusals of the token, and of the guards around it. */
export const tokenWords: RevertTableOf<"ERC20"> & RevertTableOf<"SafeERC20"> & RevertTableOf<"Reentrancy"> = {
  ERC20InsufficientBalance: ({ sender, balance, needed }, say) => ({
    message: `The wallet ${sender} holds ${say.amount(balance)}; this needs ${say.amount(needed)}.`,
    atRisk: NO_MONEY_MOVED,
    next: `Put ${say.amount(needed - balance)} more into the wallet, or ask for less.`,
  }),
  ERC20InsufficientAllowance: ({ spender, allowance, needed }, say) => ({
    message: `The market ${spender} may take ${say.amount(allowance)} from the wallet; this needs ${say.amount(needed)}.`,
    atRisk: NO_MONEY_MOVED,
    next: `Approve ${say.amount(needed)} of the token for ${spender}, then try again.`,
  }),
  SafeERC20FailedOperation: ({ token }) => ({
    message: `The token ${token} refused the transfer without a reason.`,
    atRisk: NO_MONEY_MOVED,
    next: "Check wallet balance and allowance, and whether the token has frozen one of the accounts.",
  }),
  ReentrancyGuardReentrantCall: () => ({
    message: "The market was called again while a call of it was still running.",
    atRisk: NO_MONEY_MOVED,
    next: "Call from outside a token's transfer; if you did not, the token calls back: do not use it.",
  }),
};

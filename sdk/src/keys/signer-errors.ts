// SPDX-License-Identifier: Apache-2.0
import type { Address } from "viem";
import { RetryableError, UserError } from "../errors.ts";

const NOTHING_SENT = "nothing: nothing was signed that was sent";

/** `how` goes on after the address: `does not answer`. */
export function signerUnreachable(where: string, how: string, cause: Error): RetryableError {
  return new RetryableError("E_SIGNER_UNREACHABLE", `The external signer at ${where} ${how}.`, {
    atRisk:
      "nothing at once: nothing was signed. A provider who cannot sign cannot report, and then the pay stops",
    next: "Start the signer, unlock it, or correct its URL; the call can be repeated.",
    facts: { signer: where },
    cause,
  });
}

export function signerRefused(where: string, reason: string): UserError {
  return new UserError("E_SIGNER_REFUSED", `The external signer at ${where} refused to sign: ${reason}`, {
    atRisk: NOTHING_SENT,
    next: "Approve the request in the signer, or let its rules allow calls of the market by this account.",
    facts: { signer: where },
  });
}

export function signerOtherAddress(where: string, expected: Address, actual: Address): UserError {
  return new UserError(
    "E_SIGNER_OTHER_ADDRESS",
    `The external signer at ${where} signed as ${actual}, not as ${expected}.`,
    {
      atRisk: NOTHING_SENT,
      next: "Give the signer the key of the configured address, or configure the address of its key.",
      facts: { signer: where, expected, actual },
    },
  );
}

export function signerOtherTransaction(where: string, differing: readonly string[]): UserError {
  const fields = differing.join(", ");
  return new UserError(
    "E_SIGNER_OTHER_TRANSACTION",
    `The external signer at ${where} signed another transaction than it was asked for; it differs in ${fields}.`,
    {
      atRisk:
        "what the transaction does that it signed: it was not sent from here, but the signer may send it",
      next: "Check the signer's chain id and rules; if it has no reason to change transactions, take its key out of use.",
      facts: { signer: where, fields },
    },
  );
}

/** `what` goes on after "answered with": `what is no signature`. */
export function signerAnswerInvalid(where: string, what: string): UserError {
  return new UserError("E_SIGNER_ANSWER_INVALID", `The external signer at ${where} answered with ${what}.`, {
    atRisk: NOTHING_SENT,
    next: "Check that the URL is that of a signer: Web3Signer, Clef, or another that speaks eth_signTransaction.",
    facts: { signer: where },
  });
}

export function transactionNotForSigner(type: string): UserError {
  return new UserError(
    "E_SIGNER_TRANSACTION_TYPE",
    `An external signer is asked for transactions of type eip1559 alone, and this is one of type ${type}.`,
    {
      atRisk: "nothing: nothing was signed",
      next: "On a chain without EIP-1559 use a keystore.",
      facts: { type },
    },
  );
}

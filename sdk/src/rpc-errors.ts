// SPDX-License-Identifier: Apache-2.0
import { BaseError } from "viem";
import { type BerthError, PermanentError, RetryableError, UserError } from "./errors.ts";

const URL_IN_TEXT = /\b(?:https?|wss?):\/\/[^\s"'<>)]+/g;
const NO_FUNDS = /insufficient funds|(?:doesn't|does not) have enough funds/i;
const UNREACHABLE = new Set([
  "HttpRequestError",
  "WebSocketRequestError",
  "SocketClosedError",
  "TimeoutError",
]);
const ANSWERED_BADLY = /RpcError$|^RpcRequestError$|^ResponseBodyTooLargeError$|^BlockNotFoundError$/;

/** Scheme, host and port: names and paths of an RPC's URL are where keys are kept. */
export function redactUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).origin.replace(/^null$/, url.split("://")[0] ?? "") : "the RPC";
}

/** An error that can be logged: the first lines of a library's error, with no credentials in its URLs. */
export function publicCause(error: unknown): Error {
  const text = error instanceof BaseError ? `${error.shortMessage} ${error.details}` : String(error);
  return new Error(text.replace(URL_IN_TEXT, redactUrl).trim());
}

/** The errors from the outermost to the innermost cause. */
export function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let next = error; next instanceof Error && !causes.includes(next); next = next.cause)
    causes.push(next);
  return causes;
}

/** What a failed request means when no contract said why; every failure that is not recognised is permanent. */
export function explainRpcFailure(error: unknown): BerthError {
  const causes = causesOf(error);
  const byName = (match: (name: string) => boolean): Error | undefined =>
    causes.find(({ name }) => match(name));
  const cause = publicCause(error);
  if (byName((name) => name === "UserRejectedRequestError")) return rejected(cause);
  const poor = byName((name) => name === "InsufficientFundsError") ?? causes.find(saysNoFunds);
  if (poor) return gasMoneyMissing(cause);
  if (byName((name) => name.startsWith("Nonce"))) return nonceTaken(cause);
  const transport = byName((name) => UNREACHABLE.has(name));
  if (transport) return unreachable(transport, cause);
  if (byName((name) => ANSWERED_BADLY.test(name))) return answeredBadly(cause);
  return new PermanentError("E_CHAIN_CALL_FAILED", `A call to the chain failed: ${cause.message}`, {
    atRisk: "nothing that is known of: read the state again before repeating a payment",
    next: "Read the cause; the same call will fail again.",
    cause,
  });
}

/** Nodes say it in words of their own. */
function saysNoFunds(error: Error): boolean {
  const { details } = error as { readonly details?: string };
  return NO_FUNDS.test(details ?? error.message);
}

function unreachable(transport: Error, cause: Error): RetryableError {
  const { url, status } = transport as { readonly url?: string; readonly status?: number };
  const where = redactUrl(url ?? "");
  const how = status === undefined ? "does not answer" : `answered with HTTP ${status}`;
  return new RetryableError("E_RPC_UNREACHABLE", `The RPC of the chain at ${where} ${how}.`, {
    atRisk: "nothing is lost: what the chain says now is unknown, and nothing is decided on it",
    next: "Check the URL, its key and the network; the call can be repeated.",
    facts: { url: where },
    cause,
  });
}

function answeredBadly(cause: Error): RetryableError {
  return new RetryableError("E_RPC_FAILED", `The RPC of the chain could not answer: ${cause.message}`, {
    atRisk: "nothing is lost: what the chain says now is unknown, and nothing is decided on it",
    next: "Repeat the call later, or use another RPC.",
    cause,
  });
}

function gasMoneyMissing(cause: Error): UserError {
  return new UserError(
    "E_GAS_MONEY_INSUFFICIENT",
    "The sending account cannot pay the gas of the transaction.",
    {
      atRisk: "nothing: the transaction was not sent",
      next: "Send some of the chain's own coin to the account that signs, then try again.",
      cause,
    },
  );
}

function nonceTaken(cause: Error): RetryableError {
  return new RetryableError("E_NONCE_TAKEN", "Another transaction of the account took this nonce.", {
    atRisk: "nothing: this transaction was not accepted",
    next: "Wait for the account's other transactions, then try again.",
    cause,
  });
}

function rejected(cause: Error): UserError {
  return new UserError("E_WALLET_REJECTED", "The wallet declined to sign.", {
    atRisk: "nothing: nothing was sent",
    next: "Try again and approve it in the wallet.",
    cause,
  });
}

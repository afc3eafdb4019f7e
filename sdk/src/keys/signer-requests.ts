// SPDX-License-Identifier: Apache-2.0
import { createClient, http } from "viem";
import { causesOf, publicCause, redactUrl } from "../rpc-errors.ts";
import { signerAnswerInvalid, signerRefused, signerUnreachable } from "./signer-errors.ts";

/** One way to ask: signers name the same thing differently. */
export interface SignerMethod {
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Asks the signer the first of these that it knows, and answers whatever it says. */
export type SignerRequests = (ways: readonly SignerMethod[]) => Promise<unknown>;

export interface SignerLine {
  readonly url: string;
  /** In milliseconds; a signer may ask a person. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

type AnyRequest = (request: SignerMethod) => Promise<unknown>;

const NOT_KNOWN = new Set(["MethodNotFoundRpcError", "MethodNotSupportedRpcError"]);
const LONGEST_REASON = 200;
const LARGEST_ANSWER = 262_144;

/** A line to a signer over HTTP. Nothing is asked twice: a person may have to say yes each time. */
export function signerRequests({ url, timeoutMs, signal }: SignerLine): SignerRequests {
  const transport = http(url, { timeout: timeoutMs, retryCount: 0, maxResponseBodySize: LARGEST_ANSWER });
  const ask = createClient({ transport }).scope({ signal }).request as unknown as AnyRequest;
  return async (ways) => {
    let first: unknown;
    for (const way of ways) {
      signal.throwIfAborted();
      try {
        return await ask(way);
      } catch (error) {
        signal.throwIfAborted();
        if (!isUnknownMethod(error)) throw failureOf(redactUrl(url), error);
        first ??= error;
      }
    }
    throw failureOf(redactUrl(url), first);
  };
}

/** Web3Signer passes on what it does not know, and answers 5xx where there is no node behind it. */
function isUnknownMethod(error: unknown): boolean {
  return causesOf(error).some(
    (cause) => NOT_KNOWN.has(cause.name) || (cause.name === "HttpRequestError" && statusOf(cause) >= 500),
  );
}

function failureOf(where: string, error: unknown): Error {
  const causes = causesOf(error);
  const lost = causes.find(({ name }) => name === "HttpRequestError" || name === "TimeoutError");
  if (lost !== undefined) {
    const status = statusOf(lost);
    const how = status === 0 ? "gives no answer that can be read" : `answered with HTTP ${status}`;
    return signerUnreachable(where, how, publicCause(lost));
  }
  const refusal = causes.find(({ name }) => name === "RpcRequestError");
  if (refusal === undefined) return signerAnswerInvalid(where, "what is no JSON-RPC");
  return signerRefused(where, reasonOf(refusal));
}

function statusOf(error: Error): number {
  return (error as { readonly status?: number }).status ?? 0;
}

function reasonOf(refusal: Error): string {
  const { details } = refusal as { readonly details?: string };
  return publicCause(details ?? "no reason").message.slice(0, LONGEST_REASON);
}

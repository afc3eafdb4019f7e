// SPDX-License-Identifier: Apache-2.0
import { RetryableError, UserError } from "@berth/sdk";

/** HTTP statuses that complain of the question, and say nothing against the endpoint. */
const OF_THE_QUESTION = [400, 413];
const OF_THE_ENDPOINT = new Set([
  "HttpRequestError",
  "TimeoutError",
  "WebSocketRequestError",
  "SocketClosedError",
]);

/** Whether the endpoint did not answer, or said that it is asked too often; another endpoint may well answer. */
export function isEndpointFailure(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { status } = cause as { readonly status?: number };
    if (OF_THE_ENDPOINT.has(cause.name)) return status === undefined || !OF_THE_QUESTION.includes(status);
  }
  return false;
}

/** An address without what may be a key: scheme, host and port. */
export function publicUrl(url: string): string {
  return new URL(url).origin;
}

/** No endpoint shows a head that can be trusted. */
export function headsStale(names: readonly string[]): RetryableError {
  return new RetryableError("E_RPC_STALE", `Every RPC that answers is behind: ${names.join(", ")}.`, {
    atRisk: "nothing: an old block proves nothing, and everything stays as it is",
    next: "Nothing, if it mends by itself. Otherwise add an RPC that keeps up to BERTH_RPC_URLS.",
    facts: { endpoints: names.join(",") },
  });
}

/** Two endpoints tell of the same event differently. */
export function endpointsDisagree(sequence: bigint): RetryableError {
  return new RetryableError(
    "E_RPCS_DISAGREE",
    `Two RPCs tell of event ${sequence} of the provider differently.`,
    {
      atRisk:
        "leases that were opened there may not be served; nothing is decided on what only one of them tells",
      next: "One of them lies or is on another fork: if this goes on, take it out of BERTH_RPC_URLS.",
      facts: { sequence: String(sequence) },
    },
  );
}

/** An endpoint whose contract is other code than the one that the daemon began with. */
export function codeChanged(name: string): UserError {
  return new UserError("E_RPC_CODE_DIFFERS", `The RPC ${name} shows other code at the market's address.`, {
    atRisk: "nothing: this RPC is not asked any more",
    next: "It serves another chain, or lies: take it out of BERTH_RPC_URLS.",
    facts: { endpoint: name },
  });
}

// SPDX-License-Identifier: Apache-2.0
import { createPublicClient, custom, HttpRequestError, type PublicClient } from "viem";
import type { Endpoint } from "./endpoint.ts";
import { isEndpointFailure } from "./failures.ts";

export interface FailoverOptions {
  /** The endpoints to ask, the best one first. */
  readonly admitted: (signal: AbortSignal) => AsyncIterable<{ readonly endpoint: Endpoint }>;
  /** Why there is none. */
  readonly failure: () => unknown;
}

interface Question {
  readonly method: never;
  readonly params: never;
}

/**
 * A client whose every request goes to the next endpoint where one does not answer. A node's refusal is an answer. A signed
 * transaction may reach two endpoints: it is the same one.
 */
export function failoverClient({ admitted, failure }: FailoverOptions): PublicClient {
  const never = new AbortController().signal;
  const request = async (
    { method, params }: Question,
    options?: { readonly signal?: AbortSignal },
  ): Promise<unknown> => {
    let last = failure();
    for await (const { endpoint } of admitted(options?.signal ?? never)) {
      try {
        return await endpoint.client.request({ method, params }, options);
      } catch (error) {
        if (!isEndpointFailure(error)) throw error;
        last = error;
      }
    }
    if (isEndpointFailure(last)) throw last;
    const details = last instanceof Error ? last.message : "no RPC was asked yet";
    throw new HttpRequestError({ url: "http://rpc.invalid", details });
  };
  return createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
}

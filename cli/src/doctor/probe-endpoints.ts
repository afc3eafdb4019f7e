// SPDX-License-Identifier: Apache-2.0
import { withSignal } from "@berth/sdk";
import { createPublicClient, http } from "viem";
import { factOf } from "./fact.ts";
import type { Fact } from "./finding.ts";

/** What one of the daemon's endpoints answered. */
export interface EndpointAnswer {
  readonly chainId: number;
  /** Its newest block; `timestamp` in seconds since 1970. */
  readonly number: bigint;
  readonly timestamp: bigint;
}

/** One of the daemon's endpoints, by its place in the list, from 1, and what it answered. */
export interface EndpointFact {
  readonly place: number;
  readonly url: string;
  readonly answer: Fact<EndpointAnswer>;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** Asks every endpoint at once for its chain and its newest block. */
export function probeEndpoints(
  urls: readonly string[],
  signal: AbortSignal,
): Promise<readonly EndpointFact[]> {
  return Promise.all(
    urls.map(async (url, index) => ({
      place: index + 1,
      url,
      answer: await factOf(signal, () => ask(url, signal)),
    })),
  );
}

function ask(url: string, signal: AbortSignal): Promise<EndpointAnswer> {
  const client = createPublicClient({
    transport: http(url, { timeout: REQUEST_TIMEOUT_MS, retryCount: 1 }),
  });
  return withSignal(client, signal, async (reader) => {
    const [chainId, { number, timestamp }] = await Promise.all([reader.getChainId(), reader.getBlock()]);
    return { chainId, number, timestamp };
  });
}

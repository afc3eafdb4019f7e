// SPDX-License-Identifier: Apache-2.0
import { connectMarket, type Market, withSignal } from "@berth/sdk";
import { createPublicClient, type Hex, keccak256, type PublicClient, type Transport } from "viem";
import { Breaker, type BreakerOptions } from "./breaker.ts";
import { isEndpointFailure, publicUrl } from "./failures.ts";
import { HeadWatch } from "./head-watch.ts";

export interface EndpointOptions extends BreakerOptions {
  readonly url: string;
  /** Where it stands in the list of endpoints, from 1. */
  readonly place: number;
  readonly chainId: number;
  /** Address of the market. */
  readonly address: `0x${string}`;
  /** The way to it, which tries once. */
  readonly transport: Transport;
}

/** What an endpoint showed when it was examined. */
export interface Examination {
  readonly market: Market;
  readonly codeHash: Hex;
}

type Requested = ReturnType<Transport>["request"];

/** One JSON-RPC endpoint, what is known of its health, and the market as it tells it. */
export class Endpoint {
  /** Scheme, host and port: never a key. */
  readonly name: string;
  readonly place: number;
  readonly client: PublicClient;
  readonly breaker: Breaker;
  readonly heads = new HeadWatch();
  readonly #options: EndpointOptions;
  #market: Market | null = null;
  #failure: unknown = null;
  #examination: Promise<Examination> | null = null;

  constructor(options: EndpointOptions) {
    this.#options = options;
    this.name = publicUrl(options.url);
    this.place = options.place;
    this.breaker = new Breaker(options);
    this.client = createPublicClient({ transport: this.#watched(options.transport) });
  }

  /** The market; null before the first examination. */
  market(): Market | null {
    return this.#market;
  }

  /** Why it was not asked, or did not answer, the last time. */
  failure(): unknown {
    return this.#failure;
  }

  /** Bars it for a while. */
  bar(why: unknown): void {
    this.#failure = why;
    this.breaker.failed();
  }

  /**
   * Checks chain, contract and version, and answers the market with the hash of its code. Whoever asks meanwhile waits for the
   * same answer. Throws what connectMarket throws.
   */
  examine(signal: AbortSignal): Promise<Examination> {
    this.#examination ??= this.#examineNow(signal).finally(() => (this.#examination = null));
    return this.#examination;
  }

  async #examineNow(signal: AbortSignal): Promise<Examination> {
    const { address, chainId } = this.#options;
    const market = await connectMarket({ client: this.client, address, chainId, signal });
    const code = await withSignal(this.client, signal, (reader) => reader.getCode({ address }));
    this.#market = market;
    return { market, codeHash: keccak256(code ?? "0x") };
  }

  #watched(transport: Transport): Transport {
    return (parts) => {
      const made = transport(parts);
      const request = (async (question, options) => {
        try {
          return await made.request(question, options);
        } catch (error) {
          if (options?.signal?.aborted !== true && isEndpointFailure(error)) this.bar(error);
          throw error;
        }
      }) as Requested;
      return { ...made, request };
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
import { explainRevert, type Market, RetryableError } from "@berth/sdk";
import type { Hex, PublicClient, Transport } from "viem";
import type { EndpointState } from "../../domain/judge-chain.ts";
import type { Clock } from "../../ports/clock.ts";
import { readChain, unknownBecause, unlessAborted } from "../read.ts";
import { Endpoint } from "./endpoint.ts";
import { failoverClient } from "./failover-client.ts";
import { codeChanged, headsStale } from "./failures.ts";
import { PoolHeads, type PoolHeadsOptions } from "./pool-heads.ts";

export interface RpcPoolOptions extends PoolHeadsOptions {
  /** The preferred one first. */
  readonly urls: readonly string[];
  readonly chainId: number;
  /** Address of the market. */
  readonly address: `0x${string}`;
  /** The way to an endpoint, which tries once: where it fails, the next is asked. `place` counts from 1. */
  readonly transportOf: (url: string, place: number) => Transport;
  readonly clock: Clock;
  /** Answers 0 up to 1. */
  readonly random: () => number;
  /** Ends examinations, which belong to nobody who waits for them. */
  readonly life: AbortSignal;
}

/** Reads that belong together, all on one endpoint. */
export type MarketRead<Answer> = (market: Market) => Promise<Answer>;

/** An endpoint that may be asked, and the market as it tells it. */
interface Admitted {
  readonly endpoint: Endpoint;
  readonly market: Market;
}

const PATIENCE = { first: 500, longest: 10_000 };
/** The longest that a question waits for an endpoint that is left alone, in milliseconds, and how often: a blink, not a darkness. */
const BLINK = { longest: 1_000, times: 2 };

/**
 * Several ways to one chain. A group of reads is made on one endpoint and, where that fails, all over again on the next; an
 * endpoint is asked only after its chain and contract were examined, at the beginning and after each failure. Where all of them fail,
 * a question waits for the first that is asked again, a second at most and twice: longer than that is no blink, and is an error.
 */
export class RpcPool {
  /** Asks request by request, whoever answers: for what needs no one block. */
  readonly client: PublicClient;
  readonly #options: RpcPoolOptions;
  readonly #endpoints: readonly Endpoint[];
  readonly #heads: PoolHeads;
  readonly #barred = new Set<Endpoint>();
  #codeHash: Hex | null = null;

  constructor(options: RpcPoolOptions) {
    this.#options = options;
    const { urls, transportOf, clock } = options;
    const common = { ...options, patience: PATIENCE, now: () => clock.monotonic() };
    this.#endpoints = urls.map((url, index) => {
      const place = index + 1;
      return new Endpoint({ ...common, url, place, transport: transportOf(url, place) });
    });
    this.#heads = new PoolHeads(this.#endpoints, options);
    this.client = failoverClient({
      admitted: (signal) => this.#admitted(signal, 0),
      failure: () => this.#endpoints[0]?.failure(),
    });
  }

  /** How each endpoint is, the preferred one first; asks nobody. */
  states(): readonly EndpointState[] {
    return this.#endpoints.map((endpoint) => {
      if (endpoint.breaker.circuit() !== "closed") return "failing";
      return this.#heads.isStale(endpoint) ? "behind" : "serving";
    });
  }

  /**
   * Examines every endpoint. One that serves another chain or contract is thrown, a UserError of connectMarket; so is what
   * keeps the last from answering where none does.
   */
  async connect(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let failure: RetryableError | null = null;
    let answering = 0;
    for (const endpoint of this.#endpoints) {
      try {
        await this.#admit(endpoint, signal);
        answering += 1;
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        failure = error;
      }
    }
    if (answering === 0 && failure !== null) throw failure;
  }

  /** Makes reads that belong together. What no endpoint answers is a RetryableError; `skip` begins with a later one. */
  async read<Answer>(signal: AbortSignal, read: MarketRead<Answer>, skip = 0): Promise<Answer> {
    return this.#attempt(signal, skip, (endpoint, market) =>
      readChain(signal, async () => {
        const answer = await read(market);
        endpoint.breaker.succeeded();
        return answer;
      }),
    );
  }

  /** As `read`, for a read that begins with the newest block, whose number `numberOf` tells: an endpoint that is behind is passed over. */
  async readNewest<Answer>(
    signal: AbortSignal,
    read: MarketRead<{ readonly newest: bigint; readonly answer: Answer }>,
  ): Promise<Answer> {
    return this.#attempt(signal, 0, async (endpoint, market) => {
      const { newest, answer } = await readChain(signal, () => read(market));
      endpoint.breaker.succeeded();
      this.#heads.saw(endpoint, newest);
      if (this.#heads.isStale(endpoint)) throw headsStale(this.#staleNames());
      return answer;
    });
  }

  /** Looks at each endpoint's head again and again until the signal, so that health is known of those that nobody asks. */
  async watch(intervalMs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => this.#watchOne(endpoint, intervalMs, signal)));
  }

  async #watchOne(endpoint: Endpoint, intervalMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#admit(endpoint, signal);
        this.#heads.saw(endpoint, await endpoint.client.scope({ signal }).getBlockNumber({ cacheTime: 0 }));
      } catch (error) {
        if (!signal.aborted) this.#tell(endpoint, error);
      }
      await clock.sleep(intervalMs, signal).catch(() => undefined);
    }
  }

  async #attempt<Answer>(
    signal: AbortSignal,
    skip: number,
    attempt: (endpoint: Endpoint, market: Market) => Promise<Answer>,
  ): Promise<Answer> {
    let failure: unknown = null;
    for await (const { endpoint, market } of this.#admitted(signal, skip)) {
      try {
        return await attempt(endpoint, market);
      } catch (error) {
        signal.throwIfAborted();
        this.#tell(endpoint, error);
        failure = error;
      }
    }
    throw unknownBecause(explainRevert(failure ?? this.#endpoints[0]?.failure()));
  }

  /** Those that may be asked, the preferred ones first and those that are behind last; `skip` of them come after the others. */
  #inOrder(skip: number): readonly Endpoint[] {
    const open = this.#endpoints.filter(({ breaker }) => breaker.circuit() !== "open");
    const fresh = open.filter((endpoint) => !this.#heads.isStale(endpoint));
    const order = [...fresh, ...open.filter((endpoint) => !fresh.includes(endpoint))];
    const turn = order.length === 0 ? 0 : skip % order.length;
    return [...order.slice(turn), ...order.slice(0, turn)];
  }

  /** One after the other who can be asked, and again where none could answer and one will soon be asked again. */
  async *#admitted(signal: AbortSignal, skip: number): AsyncGenerator<Admitted> {
    for (let waits = 0; ; waits += 1) {
      for (const endpoint of this.#inOrder(skip)) {
        const market = await this.#admit(endpoint, signal).catch(() => null);
        signal.throwIfAborted();
        if (market !== null) yield { endpoint, market };
      }
      const rest = Math.min(...this.#endpoints.map(({ breaker }) => breaker.restMs() ?? Infinity));
      if (waits === BLINK.times || rest > BLINK.longest) return;
      await this.#options.clock.sleep(rest, signal);
    }
  }

  /** The endpoint's market, after an examination where one is due. */
  async #admit(endpoint: Endpoint, signal: AbortSignal): Promise<Market> {
    signal.throwIfAborted();
    const known = endpoint.market();
    const circuit = endpoint.breaker.circuit();
    if (circuit === "closed" && known !== null) return known;
    if (circuit === "open") throw unknownBecause(explainRevert(endpoint.failure()));
    try {
      const { market, codeHash } = await unlessAborted(signal, endpoint.examine(this.#options.life));
      this.#codeHash ??= codeHash;
      if (codeHash !== this.#codeHash) throw codeChanged(endpoint.name);
      endpoint.breaker.examined();
      this.#tell(endpoint, null);
      return market;
    } catch (error) {
      signal.throwIfAborted();
      endpoint.bar(error);
      this.#tell(endpoint, error);
      throw error;
    }
  }

  /** Says once that an endpoint is barred, and once that it is asked again. */
  #tell(endpoint: Endpoint, error: unknown): void {
    const { log } = this.#options;
    const { name, place } = endpoint;
    const fields = { endpoint: name, place };
    if (error === null && this.#barred.delete(endpoint)) log.info(fields, "RPC is used again");
    if (error === null || endpoint.breaker.circuit() === "closed" || this.#barred.has(endpoint)) return;
    this.#barred.add(endpoint);
    const { code, message } = explainRevert(error);
    log.warn({ ...fields, code, message }, "RPC is not used");
  }

  #staleNames(): readonly string[] {
    return this.#endpoints.filter((endpoint) => this.#heads.isStale(endpoint)).map(({ name }) => name);
  }
}

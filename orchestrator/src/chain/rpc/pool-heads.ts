// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Endpoint } from "./endpoint.ts";

export interface PoolHeadsOptions {
  /** Blocks by which an endpoint may be behind the best one before it is stale. */
  readonly lagBlocks: bigint;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
}

/** Which endpoints of a pool are behind the others, or behind themselves. */
export class PoolHeads {
  readonly #endpoints: readonly Endpoint[];
  readonly #options: PoolHeadsOptions;

  constructor(endpoints: readonly Endpoint[], options: PoolHeadsOptions) {
    this.#endpoints = endpoints;
    this.#options = options;
  }

  /** Notes the newest block that an endpoint showed, and says when it falls behind and when it keeps up again. */
  saw(endpoint: Endpoint, number: bigint): void {
    const { clock, log } = this.#options;
    const before = this.isStale(endpoint);
    endpoint.heads.saw(number, clock.monotonic());
    const now = this.isStale(endpoint);
    const { name, place } = endpoint;
    const fields = { endpoint: name, place, head: String(number), best: String(this.#best()) };
    if (now && !before) log.warn(fields, "RPC is behind: its head proves nothing");
    if (before && !now) log.info(fields, "RPC keeps up again");
  }

  isStale({ heads }: Endpoint): boolean {
    return heads.isStale(this.#best(), this.#options.lagBlocks);
  }

  #best(): bigint {
    const heads = this.#endpoints
      .filter(({ breaker }) => breaker.circuit() === "closed")
      .flatMap(({ heads }) => heads.latest() ?? []);
    return heads.reduce((best, head) => (head > best ? head : best), 0n);
  }
}

// SPDX-License-Identifier: Apache-2.0
import {
  deliver,
  type Delivered,
  type DeliveryOptions,
  newest,
  settledBy,
  type Versions,
} from "./delivery.ts";

/** What is in the outbox and not yet seen through. */
export class UnfinishedOutbox {
  readonly #options: DeliveryOptions;
  /** The ids of what was given up in this run: it is not waited for again. */
  readonly #givenUp = new Set<number>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Sees through what is pending, by nonce; answers what no block takes, whose nonce is the next one's. */
  async finish(signal: AbortSignal): Promise<Versions | null> {
    const pending = this.#options.journal.pendingOutbox();
    for (const nonce of new Set(pending.map((entry) => entry.nonce))) {
      const [first, ...others] = pending.filter((entry) => entry.nonce === nonce);
      if (first === undefined) continue;
      const delivered = await this.#finish([first, ...others], signal);
      if (delivered.kind === "stuck") return this.giveUp(delivered.versions);
    }
    return null;
  }

  giveUp(versions: Versions): Versions {
    for (const { id } of versions) this.#givenUp.add(id);
    return versions;
  }

  async #finish(versions: Versions, signal: AbortSignal): Promise<Delivered> {
    if (!this.#givenUp.has(newest(versions).id)) return deliver(this.#options, versions, false, signal);
    return (await settledBy(this.#options, versions, signal)) ?? { kind: "stuck", versions };
  }
}

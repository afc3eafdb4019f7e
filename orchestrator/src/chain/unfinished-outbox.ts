// SPDX-License-Identifier: Apache-2.0
import { isAddressEqual } from "viem";
import type { OutboxEntry } from "../ports/journal.ts";
import { aboutOf } from "./broadcast.ts";
import {
  deliver,
  type Delivered,
  type DeliveryOptions,
  newest,
  settledBy,
  type Versions,
} from "./delivery.ts";
import { signerOf } from "./signing.ts";

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
    const pending = await this.#ownPending();
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

  /**
   * What our key signed. Anything else was signed before the operator's key was replaced: its nonces are another account's, and the
   * contract refuses what it was to do. What is still wanted is decided anew from the state.
   */
  async #ownPending(): Promise<readonly OutboxEntry[]> {
    const { account, journal, log } = this.#options;
    const own: OutboxEntry[] = [];
    for (const entry of journal.pendingOutbox()) {
      if (isAddressEqual(await signerOf(entry), account.address)) own.push(entry);
      else {
        journal.setOutboxState(entry.id, "failed");
        const fields = { ...aboutOf(entry), hash: entry.hash };
        log.warn(fields, "signed with another key than the operator's of now: given up");
      }
    }
    return own;
  }

  async #finish(versions: Versions, signal: AbortSignal): Promise<Delivered> {
    if (!this.#givenUp.has(newest(versions).id)) return deliver(this.#options, versions, false, signal);
    return (await settledBy(this.#options, versions, signal)) ?? { kind: "stuck", versions };
  }
}

// SPDX-License-Identifier: Apache-2.0
import { type Backoff, backoffDelay } from "../../domain/backoff.ts";

/** `closed`: asked; `open`: left alone for a while; `unknown`: to be examined before it is asked anything else. */
export type Circuit = "closed" | "open" | "unknown";

export interface BreakerOptions {
  readonly patience: Backoff;
  /** Milliseconds of the monotonic clock. */
  readonly now: () => number;
  /** Answers 0 up to 1. */
  readonly random: () => number;
}

/**
 * Whether an endpoint may be asked. The first failure opens the circuit; after a while, longer with each failure in a row, it is
 * unknown, and one examination decides.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  #circuit: Circuit = "unknown";
  #failures = 0;
  #openedAt = 0;
  #openFor = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  circuit(): Circuit {
    const isOver = this.#options.now() - this.#openedAt >= this.#openFor;
    if (this.#circuit === "open" && isOver) this.#circuit = "unknown";
    return this.#circuit;
  }

  /** Milliseconds for which it is left alone yet; null where it is not. */
  restMs(): number | null {
    return this.circuit() === "open" ? this.#openedAt + this.#openFor - this.#options.now() : null;
  }

  /** The examination was passed. Failures count on until a read succeeds. */
  examined(): void {
    this.#circuit = "closed";
  }

  succeeded(): void {
    if (this.circuit() === "closed") this.#failures = 0;
  }

  /** Answers that come late for an open circuit do not keep it open longer. */
  failed(): void {
    if (this.circuit() === "open") return;
    const { patience, now, random } = this.#options;
    this.#failures += 1;
    this.#circuit = "open";
    this.#openedAt = now();
    this.#openFor = backoffDelay(patience, this.#failures, random());
  }
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { Dice } from "../differential/dice.ts";

export interface FatesOptions {
  readonly seed: bigint;
  /** Tells the fates of one run from each other. */
  readonly stream: bigint;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * What befalls a request, out of the seed, the moment and the request itself: two that come at once may come in either order,
 * and one more or less changes nothing for the rest.
 */
export class Fates {
  readonly #options: FatesOptions;
  readonly #asked = new Map<string, number>();
  #moment = -1;

  constructor(options: FatesOptions) {
    this.#options = options;
  }

  /** Dice of its own for each time that a request comes. */
  of(request: string): Dice {
    const { now } = this.#options;
    const moment = now();
    if (moment !== this.#moment) this.#asked.clear();
    this.#moment = moment;
    const before = this.#asked.get(request) ?? 0;
    this.#asked.set(request, before + 1);
    return this.#dice(`${moment} ${before} ${request}`);
  }

  /** The same dice, however often asked, for as long as a span of so many milliseconds lasts. */
  during(span: number): Dice {
    return this.#dice(`span ${Math.floor(this.#options.now() / span)}`);
  }

  #dice(text: string): Dice {
    const { seed, stream } = this.#options;
    const digest = createHash("sha256").update(`${stream} ${text}`).digest("hex").slice(0, 16);
    return new Dice(seed, BigInt(`0x${digest}`));
  }
}

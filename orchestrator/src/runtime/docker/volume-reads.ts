// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";

/**
 * Who reads what is in which volume: one at a time. The engine keeps a helper locked for as long as somebody reads through it, also while
 * he takes nothing, so that whoever is next, or removes the volume, has to send him away first.
 */
export class VolumeReads {
  readonly #reads = new Map<string, AbortController>();

  /** Reads the volume until somebody else begins to, or ends it. */
  async *through<T>(
    volume: string,
    signal: AbortSignal,
    read: (signal: AbortSignal) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    this.end(volume);
    const own = new AbortController();
    this.#reads.set(volume, own);
    try {
      yield* read(AbortSignal.any([signal, own.signal]));
    } finally {
      if (this.#reads.get(volume) === own) this.#reads.delete(volume);
    }
  }

  /** Sends away whoever reads the volume. He gets a RetryableError E_VOLUME_UNREADABLE. */
  end(volume: string): void {
    this.#reads.get(volume)?.abort(sentAway(volume));
    this.#reads.delete(volume);
  }
}

function sentAway(volume: string): RetryableError {
  const message = `Reading volume ${volume} was ended: it is read anew, or removed.`;
  return new RetryableError("E_VOLUME_UNREADABLE", message, {
    atRisk: "nothing: the volume is as it was",
    next: "Try again, once.",
    facts: { volume },
  });
}

// SPDX-License-Identifier: Apache-2.0
import type { PullProgress } from "../../domain/image.ts";

/** A line of a pull's progress, as far as it is read. */
export interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number };
}

/** What the engine says while nothing comes: a layer that waits its turn, or a download that failed and is to be tried again. */
const NO_MOVE = /^(?:Waiting|Retrying in )/;
const FETCHED = ["Download complete", "Verifying Checksum", "Extracting", "Pull complete", "Already exists"];

/** How far a pull has come, told by its lines. */
export class PullLines {
  readonly #totalBytes: number;
  readonly #current = new Map<string, number>();
  readonly #waiting = new Set<string>();

  /** `totalBytes`: of all layers, as the registry states them. */
  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  /** Takes in a line; false for one that shows no move. */
  take({ id = "", status = "", progressDetail }: PullLine): boolean {
    if (status === "Pulling fs layer" || NO_MOVE.test(status)) this.#waiting.add(id);
    if (FETCHED.some((word) => status.startsWith(word))) this.#waiting.delete(id);
    if (status === "Downloading") this.#current.set(id, progressDetail?.current ?? 0);
    return !NO_MOVE.test(status);
  }

  /** Bytes that came for the layers that are on their way: above the total, the registry sends more than it stated. */
  get sentBytes(): number {
    return [...this.#current.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  get progress(): PullProgress {
    const fetchedBytes = Math.min(this.sentBytes, this.#totalBytes);
    const isUnpacking = this.#current.size > 0 && this.#waiting.size === 0;
    return { fetchedBytes, totalBytes: this.#totalBytes, isUnpacking };
  }
}

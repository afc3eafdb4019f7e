// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../domain/identity.ts";
import { progressText, type PullProgress } from "../domain/image.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";

/** Milliseconds between two lines of the log about one pull. */
const TOLD_EVERY = 10_000;

/** One image that is being had. */
export interface Pull {
  readonly moved: (progress: PullProgress) => void;
  /** Tells the log, and nobody else, what the engine said. */
  failed(error: unknown): void;
  end(): void;
}

/** How far each lease's pull has come, for its tenant and for the log. */
export class PullBoard {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #log: Log;
  readonly #texts = new Map<LeaseId, string>();

  constructor({ clock, log }: { readonly clock: Pick<Clock, "monotonic">; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  begin(leaseId: LeaseId, image: string): Pull {
    let toldAt = -Infinity;
    return {
      moved: (progress) => {
        const text = `${image}: ${progressText(progress)}`;
        this.#texts.set(leaseId, text);
        if (this.#clock.monotonic() - toldAt < TOLD_EVERY) return;
        toldAt = this.#clock.monotonic();
        this.#log.info(
          { leaseId: String(leaseId), image, progress: progressText(progress) },
          "image is pulled",
        );
      },
      failed: (error) => {
        const said = innermost(error);
        if (said !== error)
          this.#log.warn({ leaseId: String(leaseId), image, said: String(said) }, "engine could not pull");
      },
      end: () => void this.#texts.delete(leaseId),
    };
  }

  /** Null while nothing is pulled for the lease. */
  of(leaseId: LeaseId): string | null {
    return this.#texts.get(leaseId) ?? null;
  }
}

function innermost(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? innermost(error.cause) : error;
}

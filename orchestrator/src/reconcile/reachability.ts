// SPDX-License-Identifier: Apache-2.0
import { failureOf, type Failure } from "../domain/failure.ts";
import type { Log } from "../ports/log.ts";

/** What the daemon depends on, and what waits while it is dark. */
const WAITING = {
  chain: "nothing is stopped or started until it answers; what runs goes on running",
  engine: "nothing is stopped or started until it answers; what runs goes on running",
  "settled blocks": "no lease is closed until they can be read; what runs goes on running",
  "final blocks": "no data of a lease that ended is deleted until they can be read",
} as const;

export type Dependency = keyof typeof WAITING;

/** Whether the dependencies answer; says once when one goes dark, and once when it is back. */
export class Reachability {
  readonly #log: Log;
  readonly #dark = new Map<Dependency, Failure>();

  constructor(log: Log) {
    this.#log = log;
  }

  answered(dependency: Dependency): void {
    if (this.#dark.delete(dependency)) this.#log.info({ dependency }, "dependency answers again");
  }

  failed(dependency: Dependency, error: unknown): void {
    const failure = failureOf(error);
    const before = this.#dark.get(dependency);
    this.#dark.set(dependency, failure);
    if (before?.code === failure.code) return;
    this.#log.warn({ dependency, ...failure, atRisk: WAITING[dependency] }, "dependency does not answer");
  }

  /** Why nothing is decided now; null while chain and engine answer. */
  darkness(): Failure | null {
    return this.#dark.get("chain") ?? this.#dark.get("engine") ?? null;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { failureOf, type Failure } from "../domain/failure.ts";
import type { Log } from "../ports/log.ts";

/** What the daemon depends on; while one of them is dark, nothing is decided. */
export type Dependency = "chain" | "engine";

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
    const atRisk = "nothing is stopped or started until it answers; what runs goes on running";
    this.#log.warn({ dependency, ...failure, atRisk }, "dependency does not answer");
  }

  /** Why nothing is decided now; null while all answer. */
  darkness(): Failure | null {
    return [...this.#dark.values()][0] ?? null;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { runOrchestrator } from "../../orchestrator/src/main.ts";
import { AMPLE } from "../../orchestrator/src/test/daemon.ts";
import { hostOf } from "../../orchestrator/src/test/builders.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface DaemonOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly time: VirtualTime;
  readonly random: () => number;
}

/** Looks less often than in earnest, so that a day is over in seconds. */
export const PACE = { reconciler: 120_000, endpoints: 120_000, health: 600_000 };
const LINES_KEPT = 20_000;

/** The provider's daemon itself, on simulated time; one at a time. */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #lines: string[] = [];
  #stop = new AbortController();
  #running: Promise<void> | null = null;
  /** Where its gateway listens; null while it is not ready. */
  gateway: string | null = null;
  /** Why it ended by itself, if it did. */
  failure: unknown = null;
  starts = 0;

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#running === null;
  }

  /** The end of its log. */
  log(): readonly string[] {
    return this.#lines;
  }

  start(): void {
    const { environment, time, random } = this.#options;
    this.starts += 1;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const machine = {
      clock: time.machine,
      random,
      logs: { write: (line: string) => this.#keep(line) },
      announce: (line: string) => {
        if (!signal.aborted) this.gateway = (JSON.parse(line) as { readonly gateway: string }).gateway;
      },
      pace: PACE,
      look: async () => AMPLE,
      probe: () => ({ measure: async () => hostOf() }),
    };
    this.#running = runOrchestrator(environment, signal, machine)
      .catch((error: unknown) => {
        if (!signal.aborted) this.failure = error;
      })
      .finally(() => {
        this.#running = null;
        this.gateway = null;
      });
  }

  /** Asks it to end; that takes its time. */
  stop(): void {
    this.gateway = null;
    this.#stop.abort(new Error("the daemon was asked to stop"));
  }

  #keep(line: string): void {
    this.#lines.push(line.trimEnd());
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
  }
}

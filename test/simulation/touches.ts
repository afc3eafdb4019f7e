// SPDX-License-Identifier: Apache-2.0
import type { LeaseStatus } from "@berth/sdk";
import type { EngineCall } from "../fake-engine/faults.ts";
import type { Truth } from "../fake-engine/truth.ts";
import type { ChainTruth } from "./chain-truth.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** For how long a daemon may act on a block that is no longer the newest: his depth, his polls, and a reorganisation. */
const HINDSIGHT_MS = 3_600_000;
const LEASE = /^berth-\d+-[0-9a-f]{8}-(\d+)-/;

const STOPS = /^POST \/containers\/\{id\}\/(stop|kill)$|^DELETE \/containers\/\{id\}$/;
const FREEZES = "POST /containers/{id}/pause";
const DESTROYS = "DELETE /volumes/{name}";

/** Why a live container may be ended, and why its data may go. */
const ENDS: readonly LeaseStatus[] = ["closed", "depleted", "none"];
const FORGETS: readonly LeaseStatus[] = ["closed", "none"];

/** Watches whose containers are touched, and whether the chain ever gave a reason for it. */
export class Touches {
  readonly violations: string[] = [];
  /** Since when the daemon sees no chain; null while it does. */
  darkSince: number | null = null;
  readonly #truth: () => Truth;
  readonly #chain: ChainTruth;
  readonly #time: VirtualTime;

  constructor(parts: {
    readonly truth: () => Truth;
    readonly chain: ChainTruth;
    readonly time: VirtualTime;
  }) {
    this.#truth = parts.truth;
    this.#chain = parts.chain;
    this.#time = parts.time;
  }

  see({ endpoint, subject }: EngineCall): void {
    const leaseId = LEASE.exec(subject)?.[1];
    if (leaseId === undefined) return;
    const shown = this.#chain.statusesWithin(BigInt(leaseId), HINDSIGHT_MS);
    const isAlive = this.#truth().pid(subject) !== null;
    const isTouch = isAlive && (STOPS.test(endpoint) || endpoint === FREEZES);
    if (isTouch && this.darkSince !== null && this.#time.now() - this.darkSince > 60_000)
      this.#blame(`${endpoint} ${subject} while the chain was dark`);
    if (isAlive && STOPS.test(endpoint) && !ENDS.some((status) => shown.has(status)))
      this.#blame(`${endpoint} ${subject} while its lease was ${[...shown].join()}`);
    if (isAlive && endpoint === FREEZES && !shown.has("none"))
      this.#blame(`${endpoint} ${subject} while its lease was ${[...shown].join()}`);
    if (endpoint === DESTROYS && !FORGETS.some((status) => shown.has(status)))
      this.#blame(`${endpoint} ${subject} while its lease was ${[...shown].join()}`);
  }

  #blame(what: string): void {
    this.violations.push(`${new Date(this.#time.now()).toISOString()} ${what}`);
  }
}

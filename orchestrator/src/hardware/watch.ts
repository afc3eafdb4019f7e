// SPDX-License-Identifier: Apache-2.0
import {
  capacityOf,
  type Capacity,
  type CapacityLimits,
  type Gpu,
  type Inventory,
} from "@berth/sdk/hardware";
import { failureOf, type Failure } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { Hardware } from "../ports/hardware.ts";
import type { Log } from "../ports/log.ts";

export interface HardwareWatchParts {
  /** Looks once; rejects where the machine does not tell. */
  readonly look: (signal: AbortSignal) => Promise<Inventory>;
  readonly limits: CapacityLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/** Looks that may fail in a row before what was last seen speaks no more. */
const LOOKS_TO_SPEAK = 3;

/** Looks at the machine at a pace. What was last seen speaks for a while; then nothing is known, which is not nothing being there. */
export class HardwareWatch implements Hardware {
  readonly #parts: HardwareWatchParts;
  #seen: { readonly inventory: Inventory; readonly at: number } | null = null;
  #failure: string | null = null;

  constructor(parts: HardwareWatchParts) {
    this.#parts = parts;
  }

  capacity(): Capacity | null {
    const { clock, interval, limits } = this.#parts;
    if (this.#seen === null) return null;
    const age = clock.monotonic() - this.#seen.at;
    return age > interval * LOOKS_TO_SPEAK ? null : capacityOf(this.#seen.inventory, limits);
  }

  /** Looks until the signal, and tells when what there is has changed. */
  async run(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { clock, interval } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(interval, signal).catch(() => undefined);
      if (!signal.aborted && (await this.look(signal))) onChange();
    }
  }

  /** Looks once; true where what there is has changed. Never rejects: what fails is said in the log, once. */
  async look(signal: AbortSignal): Promise<boolean> {
    const { look, clock, log } = this.#parts;
    const at = clock.monotonic();
    try {
      const inventory = await look(signal);
      const before = this.#seen?.inventory ?? null;
      this.#seen = { inventory, at };
      if (this.#failure !== null) log.info({}, "the machine tells again what it has");
      this.#failure = null;
      if (signatureOf(before) === signatureOf(inventory)) return false;
      this.#tell(before?.gpus ?? [], inventory);
      return true;
    } catch (error) {
      if (!signal.aborted) this.#failed(failureOf(error));
      return false;
    }
  }

  #failed(failure: Failure): void {
    if (this.#failure !== failure.message) {
      const atRisk = "the pay of leases with GPUs, once that lasts; no new lease is begun then";
      this.#parts.log.warn({ ...failure, atRisk }, "the machine does not tell what it has");
    }
    this.#failure = failure.message;
  }

  #tell(before: readonly Gpu[], { gpus, ...others }: Inventory): void {
    const { log } = this.#parts;
    log.info({ ...others, gpus: gpus.map(({ model }) => model) }, "what the machine has");
    for (const { uuid, model, fault } of gpus)
      if (fault !== null) log.warn({ uuid, model, fault }, "GPU is at fault");
    for (const { uuid, model } of before) {
      if (!gpus.some((gpu) => gpu.uuid === uuid)) log.warn({ uuid, model }, "GPU is not seen any more");
    }
  }
}

function signatureOf(inventory: Inventory | null): string {
  return JSON.stringify(inventory);
}

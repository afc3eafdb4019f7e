// SPDX-License-Identifier: Apache-2.0
import { judgeHost, provenTiers, type HostCapabilities } from "@berth/sdk";
import { failureOf } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { HostProbe } from "../ports/host-probe.ts";
import type { Log } from "../ports/log.ts";

export interface HostWatchParts {
  readonly probe: HostProbe;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds from one measurement to the next: a machine that changes is one whose engine was started anew. */
const AGAIN = 3_600_000;
/** Milliseconds until the next try where the engine did not answer. */
const RETRY = 5_000;

/** Knows what this machine can enforce, from soon after the daemon's start. */
export class HostWatch {
  readonly #parts: HostWatchParts;
  #capabilities: HostCapabilities | null = null;
  #failure = "";

  constructor(parts: HostWatchParts) {
    this.#parts = parts;
  }

  /** What was last measured; null before that. What could not be measured again is what it was. */
  capabilities(): HostCapabilities | null {
    return this.#capabilities;
  }

  /** Measures until the signal. `onKnown` is called after each measurement. */
  async run(onKnown: () => void, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const isMeasured = await this.#measure(signal);
      if (isMeasured) onKnown();
      await clock.sleep(isMeasured ? AGAIN : RETRY, signal).catch(() => undefined);
    }
  }

  async #measure(signal: AbortSignal): Promise<boolean> {
    const { probe, log } = this.#parts;
    try {
      const measured = await probe.measure(signal);
      if (JSON.stringify(measured) !== JSON.stringify(this.#capabilities)) this.#tell(measured);
      this.#capabilities = measured;
      this.#failure = "";
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const { code, message } = failureOf(error);
      if (code !== this.#failure) log.warn({ code }, `the machine cannot be measured: ${message}`);
      this.#failure = code;
      return false;
    }
  }

  #tell(measured: HostCapabilities): void {
    const { log } = this.#parts;
    const { version, runcVersion } = measured.engine;
    log.info(
      { tiers: provenTiers(measured).join(","), engine: version, runc: runcVersion },
      "the machine was measured",
    );
    for (const { check, state, says, fix } of judgeHost(measured))
      if (state !== "ok") log.warn({ check, state, next: fix }, says);
  }
}

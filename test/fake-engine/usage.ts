// SPDX-License-Identifier: Apache-2.0

/** What a container uses while its processes are not suspended. */
export interface Load {
  /** Thousandths of a core. */
  readonly cpuMillis: number;
  /** In use beside the file cache. */
  readonly memoryBytes: number;
  readonly rxBytesPerSecond: number;
  readonly txBytesPerSecond: number;
}

/** Totals since a container's start. */
export interface Totals {
  readonly cpuNanos: number;
  readonly rxBytes: number;
  readonly txBytes: number;
}

export const MODEST_LOAD: Load = {
  cpuMillis: 10,
  memoryBytes: 2_097_152,
  rxBytesPerSecond: 100,
  txBytesPerSecond: 200,
};

const NOTHING: Totals = { cpuNanos: 0, rxBytes: 0, txBytes: 0 };
const CPU_NANOS_PER_MILLI_CORE_AND_MS = 1_000;

/** The account of one container: totals grow by the clock with its load, and stand still while it is frozen or ended. */
export class Usage {
  #load: Load;
  #cpuLimit = Infinity;
  #isRunning = false;
  #since = 0;
  #before = NOTHING;

  constructor(load: Load) {
    this.#load = load;
  }

  get load(): Load {
    return this.#load;
  }

  /** Begins an incarnation, with totals of zero; `cpuLimit` in thousandths of a core. */
  begin(now: number, cpuLimit: number): void {
    this.#before = NOTHING;
    this.#cpuLimit = cpuLimit;
    this.#since = now;
    this.#isRunning = true;
  }

  halt(now: number): void {
    this.#carry(now);
    this.#isRunning = false;
  }

  goOn(now: number): void {
    this.#carry(now);
    this.#isRunning = true;
  }

  change(now: number, load: Load): void {
    this.#carry(now);
    this.#load = load;
  }

  totals(now: number): Totals {
    if (!this.#isRunning) return this.#before;
    const milliseconds = Math.max(0, now - this.#since);
    const { cpuMillis, rxBytesPerSecond, txBytesPerSecond } = this.#load;
    const cores = Math.min(cpuMillis, this.#cpuLimit);
    const { cpuNanos, rxBytes, txBytes } = this.#before;
    return {
      cpuNanos: cpuNanos + Math.floor(cores * milliseconds * CPU_NANOS_PER_MILLI_CORE_AND_MS),
      rxBytes: rxBytes + Math.floor((rxBytesPerSecond * milliseconds) / 1000),
      txBytes: txBytes + Math.floor((txBytesPerSecond * milliseconds) / 1000),
    };
  }

  #carry(now: number): void {
    this.#before = this.totals(now);
    this.#since = now;
  }
}

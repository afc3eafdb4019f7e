// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../../orchestrator/src/ports/clock.ts";

interface Timer {
  readonly at: number;
  /** Timers of one moment go off in the order in which they were set. */
  readonly order: number;
  readonly run: () => void;
}

/** What `setTimeout` answers; every caller of ours only hands it back, or lets the process end before it. */
interface Handle {
  readonly timer: Timer;
  ref(): Handle;
  unref(): Handle;
  hasRef(): boolean;
  [Symbol.toPrimitive](): number;
}

/**
 * Time that stands still until it is moved. It takes the place of the process's own timers, so that deadlines are in it too. The machine
 * that is simulated has a wall clock beside it, which may be set; nobody else goes by that one.
 */
export class VirtualTime {
  /** The clocks of the machine on which daemon and engine run. */
  readonly machine: Clock = {
    now: () => this.#now + this.#set,
    monotonic: () => this.#now,
    sleep: (milliseconds, signal) => this.sleep(milliseconds, signal),
  };
  #now: number;
  #set = 0;
  #count = 0;
  readonly #timers = new Set<Timer>();

  /** `start` in milliseconds since 1970. */
  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Sets the machine's wall clock forwards or back. */
  setWallClock(milliseconds: number): void {
    this.#set += milliseconds;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const timer = this.at(this.#now + milliseconds, () => {
        signal.removeEventListener("abort", cut);
        resolve();
      });
      const cut = (): void => {
        this.#timers.delete(timer);
        reject(signal.reason as Error);
      };
      signal.addEventListener("abort", cut, { once: true });
    });
  }

  /** Calls back at a time, or at once when time moves next where it is over. */
  at(time: number, run: () => void): Timer {
    const timer = { at: Math.max(time, this.#now), order: (this.#count += 1), run };
    this.#timers.add(timer);
    return timer;
  }

  /** When the next timer goes off; null where none is set. */
  next(): number | null {
    return this.#earliest()?.at ?? null;
  }

  /** Moves to the next timer and lets it go off; false where none is set. */
  step(): boolean {
    const timer = this.#earliest();
    if (timer === undefined) return false;
    this.#timers.delete(timer);
    this.#now = timer.at;
    timer.run();
    return true;
  }

  /** Takes the place of the process's timers; what is answered gives them back. */
  install(): () => void {
    const { setTimeout, clearTimeout } = globalThis;
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const { now } = Date;
    const later = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Handle =>
      handleOf(this.at(this.#now + Number(ms), () => run(...args)));
    const never = (handle: Handle | undefined): void => void (handle && this.#timers.delete(handle.timer));
    Object.assign(globalThis, { setTimeout: later, clearTimeout: never });
    Date.now = () => this.machine.now();
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      this.at(this.#now + ms, () => controller.abort(new DOMException("too late", "TimeoutError")));
      return controller.signal;
    };
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      AbortSignal.timeout = timeout;
      Date.now = now;
    };
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers)
      if (earliest === undefined || isBefore(timer, earliest)) earliest = timer;
    return earliest;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function handleOf(timer: Timer): Handle {
  const handle: Handle = {
    timer,
    ref: () => handle,
    unref: () => handle,
    hasRef: () => true,
    [Symbol.toPrimitive]: () => timer.order,
  };
  return handle;
}

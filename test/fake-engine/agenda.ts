// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "../../orchestrator/src/ports/clock.ts";

interface Event {
  readonly at: number;
  readonly act: () => void;
}

/** What is to happen later, by the clock: events run in the order of their times, each at its own time however late it is called. */
export class Agenda {
  readonly #clock: Clock;
  #events: Event[] = [];
  #running: number | null = null;
  #alarm: { readonly at: number; readonly off: AbortController } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** By the monotonic clock; while an event runs, the time that it was due. */
  passed(): number {
    return this.#running ?? this.#clock.monotonic();
  }

  /** The same by the wall clock. */
  now(): number {
    const overdue = this.#running === null ? 0 : this.#clock.monotonic() - this.#running;
    return Math.round(this.#clock.now() - overdue);
  }

  /** Plans an event so many milliseconds from now; what comes back takes it off again. */
  after(milliseconds: number, act: () => void): () => void {
    const event = { at: this.passed() + milliseconds, act };
    const place = this.#events.findIndex(({ at }) => at > event.at);
    this.#events.splice(place === -1 ? this.#events.length : place, 0, event);
    this.#setAlarm();
    return () => {
      this.#events = this.#events.filter((other) => other !== event);
    };
  }

  /** Runs what is due. */
  settle(): void {
    let next = this.#events[0];
    while (next !== undefined && next.at <= this.#clock.monotonic()) {
      this.#events.shift();
      this.#running = next.at;
      next.act();
      this.#running = null;
      next = this.#events[0];
    }
    this.#setAlarm();
  }

  close(): void {
    this.#events = [];
    this.#alarm?.off.abort();
    this.#alarm = null;
  }

  #setAlarm(): void {
    const next = this.#events[0];
    if (next === undefined || (this.#alarm !== null && this.#alarm.at <= next.at)) return;
    this.#alarm?.off.abort();
    const alarm = { at: next.at, off: new AbortController() };
    this.#alarm = alarm;
    const ring = () => {
      if (this.#alarm === alarm) this.#alarm = null;
      this.settle();
    };
    this.#clock
      .sleep(Math.max(0, next.at - this.#clock.monotonic()), alarm.off.signal)
      .then(ring, () => undefined);
  }
}

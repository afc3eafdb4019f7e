// SPDX-License-Identifier: Apache-2.0
import { ServiceWatch } from "../reporting/service-watch.ts";
import { provider } from "./builders.ts";
import { Daemon } from "./daemon.ts";

/** Milliseconds of a sample interval, in which the watch looks twice. */
export const SAMPLE = 10_000;

/** A daemon with the watch over what it serves. */
export class WatchedDaemon extends Daemon {
  /** How often a watch told of a change. */
  noticed = 0;
  readonly watch = this.newWatch();

  newWatch(): ServiceWatch {
    const { market, runtime, journal, clock, log } = this;
    return new ServiceWatch({
      ...{ provider, chain: market, actions: market, runtime, journal, clock, log },
      isServed: (...known) => this.reconciler.isServed(...known),
      onChange: () => (this.noticed += 1),
      sampleInterval: SAMPLE,
    });
  }
}

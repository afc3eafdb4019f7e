// SPDX-License-Identifier: Apache-2.0
import type { Config } from "./config/config.ts";
import type { LeaseRefusal } from "./domain/desired.ts";
import type { Failure } from "./domain/failure.ts";
import { HOST_UNKNOWN, refusalOnHost } from "./domain/host-terms.ts";
import { HostWatch } from "./health/host-watch.ts";
import type { Machine } from "./machine.ts";
import type { Log } from "./ports/log.ts";
import type { HostRefusing } from "./reconcile/host-refusals.ts";

/** A chain that makes blocks only when somebody sends. */
export const DEVELOPMENT_CHAIN = 31_337;

/** What the machine means for leases. */
export interface Host extends Pick<HostRefusing, "hostRefusal"> {
  /** Why no new lease may be begun on it yet. */
  obstacle(): Failure | null;
  run: HostWatch["run"];
}

export function hostOf(base: {
  readonly config: Config;
  readonly machine: Machine;
  readonly log: Log;
}): Host {
  const { config, machine, log } = base;
  const watch = new HostWatch({ probe: machine.probe(config), clock: machine.clock, log });
  const terms = { ...config, isDevelopment: config.chainId === DEVELOPMENT_CHAIN };
  return {
    obstacle: () => (watch.capabilities() === null ? HOST_UNKNOWN : null),
    hostRefusal: (leaseId, tier): LeaseRefusal | null => {
      const capabilities = watch.capabilities();
      return capabilities === null ? null : refusalOnHost(capabilities, terms, leaseId, tier);
    },
    run: (onKnown, signal) => watch.run(onKnown, signal),
  };
}

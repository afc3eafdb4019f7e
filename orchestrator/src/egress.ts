// SPDX-License-Identifier: Apache-2.0
import type { Cidr } from "./domain/cidr.ts";
import { egressModeOf, egressObstacle, judgeEgress, type EgressMode } from "./domain/egress.ts";
import type { Failure } from "./domain/failure.ts";
import type { Finding } from "./domain/health.ts";
import type { MarketIdentity } from "./domain/identity.ts";
import { failureOf } from "./domain/failure.ts";
import { parseSubnetPool } from "./domain/subnets.ts";
import type { Instruments } from "./instruments.ts";
import type { Machine } from "./machine.ts";
import type { Log } from "./ports/log.ts";
import { connectEngine } from "./runtime/docker/client.ts";
import { probeNetworks } from "./runtime/docker/probe-networks.ts";
import { chooseBackend } from "./runtime/firewall/backend.ts";
import { EgressGuard } from "./runtime/firewall/guard.ts";
import { hostFacts } from "./runtime/firewall/host-facts.ts";
import { probe } from "./runtime/firewall/probe.ts";
import { Shell } from "./runtime/firewall/shell.ts";

/** What keeps leases from what is not theirs to reach. */
export interface Egress {
  /** Puts the rules in force before anything of a lease is started. Never throws: what fails is looked at again. */
  readonly begin: (signal: AbortSignal) => Promise<void>;
  /** Keeps them in force until the signal; `proved` is called when new leases may be begun again. */
  readonly run: (proved: () => void, signal: AbortSignal) => Promise<void>;
  readonly finding: () => Finding;
  /** Why no new lease may be begun; null while the firewall is proved, or switched off. */
  readonly obstacle: () => Failure | null;
}

export interface EgressParts {
  readonly config: {
    readonly egressFirewall: EgressMode | null;
    readonly egressAllow: readonly Cidr[];
    readonly egressMbit: number;
    readonly subnetPool: string;
    readonly dockerSocket?: string;
  };
  readonly identity: MarketIdentity;
  readonly machine: Machine;
  readonly instruments: Pick<Instruments, "metrics" | "watchdog">;
  readonly log: Log;
}

/** Milliseconds that one turn may take, with a probe in it. */
const TURN_LIMIT = 180_000;

/** UserError E_SUBNET_POOL for a pool that is none. */
export function createEgress(parts: EgressParts): Egress {
  const { config, identity, log } = parts;
  const mode = egressModeOf(config.egressFirewall, identity.chainId);
  return mode === "required" ? guarded(parts) : unguarded(mode, log);
}

function guarded({ config, identity, machine, instruments, log }: EgressParts): Egress {
  const { random, pace } = machine;
  const engine = connectEngine({ socketPath: config.dockerSocket });
  const subnets = parseSubnetPool(config.subnetPool);
  const networks = probeNetworks({ engine, identity, subnets, random });
  const shell = new Shell();
  const guard = new EgressGuard({
    choose: (signal) => chooseBackend(shell, signal),
    facts: (signal) => hostFacts(shell, signal),
    prove: (signal) => probe(shell, networks, random(), signal),
    ...{ allowed: config.egressAllow, mbit: config.egressMbit },
    interval: pace.health,
    clock: instruments.watchdog.clockOf("egress", TURN_LIMIT),
    log,
    applied: (why) => instruments.metrics.egressApplied(why),
  });
  return {
    begin: (signal) =>
      guard.apply(signal).catch((error: unknown) => {
        log.warn(
          { egress: "unknown", ...failureOf(error) },
          "the firewall around leases is not in force yet",
        );
      }),
    run: (proved, signal) => guard.run(proved, signal),
    finding: () => guard.finding(),
    obstacle: () => guard.obstacle(),
  };
}

function unguarded(mode: Exclude<EgressMode, "required">, log: Log): Egress {
  const sight = { state: "off", mode } as const;
  const { state, what, atRisk, next } = judgeEgress(sight);
  return {
    begin: async () => {
      if (state === "ok") log.info({ egress: mode }, what);
      else log.warn({ egress: mode, atRisk, next }, what);
    },
    run: async () => undefined,
    finding: () => judgeEgress(sight),
    obstacle: () => egressObstacle(sight),
  };
}

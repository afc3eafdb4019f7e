// SPDX-License-Identifier: Apache-2.0
import { lookAtMachine, type Inventory } from "@berth/sdk/hardware";
import type { DestinationStream } from "pino";
import type { Config } from "./config/config.ts";
import { standardError } from "./observability/logger.ts";
import type { Clock } from "./ports/clock.ts";
import type { HostProbe } from "./ports/host-probe.ts";
import { createDockerHostProbe } from "./runtime/docker/probe/docker-host-probe.ts";
import { systemClock } from "./config/system-clock.ts";

/** Milliseconds between two looks of loops that look whether or not anything happened. */
export interface Pace {
  readonly reconciler: number;
  readonly endpoints: number;
  readonly health: number;
}

/** What the daemon runs on; a simulation puts another in its place. */
export interface Machine {
  readonly clock: Clock;
  /** Answers 0 up to 1. */
  readonly random: () => number;
  readonly logs: DestinationStream;
  /** Told, as a line of JSON, once the daemon is ready. */
  readonly announce: (line: string) => void;
  readonly pace: Pace;
  /** What it has; storage is that of the folder's file system. */
  readonly look: (folder: string, signal: AbortSignal) => Promise<Inventory>;
  /** Measures it. */
  readonly probe: (options: Pick<Config, "subnetPool" | "dockerSocket">) => HostProbe;
}

/** Changes on chain and of what runs wake the reconciler; it looks by itself for what time alone changes. */
const PACE: Pace = { reconciler: 15_000, endpoints: 5_000, health: 15_000 };

/** This process's own machine. */
export function thisMachine(): Machine {
  return {
    clock: systemClock,
    random: () => Math.random(),
    logs: standardError(),
    announce: (line) => void process.stdout.write(`${line}\n`),
    pace: PACE,
    look: (folder, signal) => lookAtMachine(folder, signal),
    probe: ({ subnetPool, dockerSocket: socketPath }) => createDockerHostProbe({ subnetPool, socketPath }),
  };
}

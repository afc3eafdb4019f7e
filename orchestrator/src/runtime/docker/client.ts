// SPDX-License-Identifier: Apache-2.0
import Dockerode from "dockerode";

/** A Docker Engine and the patience that its callers have with it. */
export interface Engine {
  readonly docker: Dockerode;
  /** Where it is reached, for error messages. */
  readonly address: string;
  readonly deadlines: Deadlines;
}

/** Milliseconds until a silent engine counts as unreachable. */
export interface Deadlines {
  /** Looking: inspect, list, version. */
  readonly look: number;
  readonly stats: number;
  /** Creating, starting, removing. */
  readonly change: number;
  /** What a stop may take beyond its grace. */
  readonly stopSlack: number;
  /** One question to an image registry. */
  readonly registry: number;
  /** A whole pull. */
  readonly pull: number;
  /** A pull without any progress. */
  readonly pullIdle: number;
}

export interface EngineOptions {
  /** Path of the engine's socket; without it DOCKER_HOST, then the platform's usual place. */
  readonly socketPath?: string;
}

const DEADLINES: Deadlines = {
  look: 5_000,
  stats: 5_000,
  change: 60_000,
  stopSlack: 10_000,
  registry: 30_000,
  pull: 15 * 60_000,
  pullIdle: 60_000,
};

/** The one place where a Docker client is made. Connects lazily: an engine that is away shows at the first question. */
export function connectEngine(options: EngineOptions): Engine {
  const { socketPath } = options;
  const docker = new Dockerode(socketPath === undefined ? undefined : { socketPath, host: undefined });
  const address = socketPath ?? process.env["DOCKER_HOST"] ?? "/var/run/docker.sock";
  return { docker, address, deadlines: DEADLINES };
}

// SPDX-License-Identifier: Apache-2.0
import type { HeldGpu } from "./gpus.ts";
import type { IsolationTier } from "@berth/sdk";
import type { LeaseId } from "./identity.ts";

/** A lease's workload, ready to be built: every resource decided, services in start order. */
export interface WorkloadSpec {
  readonly leaseId: LeaseId;
  /** Hash on chain of the manifest that this was made of. */
  readonly manifestHash: `0x${string}`;
  /** What its offer claims; it runs on nothing else. */
  readonly tier: IsolationTier;
  readonly services: readonly ServiceSpec[];
  /** Named volumes of the manifest. */
  readonly volumes: readonly VolumeSpec[];
}

export interface VolumeSpec {
  readonly name: string;
  /** Hard limit, wherever the runtime bounds volumes. */
  readonly sizeMiB: number;
}

export interface ServiceSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly ContainerPort[];
  readonly expose: readonly ContainerPort[];
  /** Thousandths of a core, MiB, processes: hard limits. */
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly pids: number;
  readonly volumes: readonly { readonly volume: string; readonly path: string; readonly readOnly: boolean }[];
  readonly tmpfs: readonly { readonly path: string; readonly sizeMiB: number }[];
  readonly healthcheck: HealthcheckSpec | null;
  readonly user: string | null;
  readonly workingDir: string | null;
  readonly init: boolean;
  readonly stopSignal: string | null;
  readonly restart: RestartSpec;
  /** GPUs that this service has for itself; left out where it has none. */
  readonly gpus?: readonly HeldGpu[];
  /** Services that must be there first; none where it is left out. */
  readonly dependsOn?: Readonly<Record<string, "started" | "healthy" | "completed">>;
}

export type RestartSpec =
  | { readonly on: "never" }
  | { readonly on: "always" }
  | { readonly on: "failure"; readonly attempts: number | null };

export interface ContainerPort {
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp";
  /** Said of one that speaks HTTP: where the provider runs a proxy, it is reached by a hostname. */
  readonly appProtocol?: "http";
  /** The host's port that it is published on; the engine's choice where none was assigned. */
  readonly hostPort?: number;
}

export interface HealthcheckSpec {
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

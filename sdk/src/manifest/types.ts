// SPDX-License-Identifier: Apache-2.0
import type { Hex } from "viem";
import type { IsolationTier } from "../isolation.ts";

/** Largest accepted manifest, in bytes, as Compose text and as JSON alike. */
export const MAX_MANIFEST_BYTES = 65_536;

/** What to run: a Compose file reduced to the closed subset that providers accept, every default written out. */
export interface Manifest {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  /** Named volumes, by name. */
  readonly volumes: Readonly<Record<string, VolumeTerms>>;
  readonly market: MarketTerms;
}

/** One container of the workload. */
export interface Service {
  /** Image reference in the distribution's grammar, as the tenant wrote it. */
  readonly image: string;
  /** Overrides the image's command; null keeps it. */
  readonly command: readonly string[] | null;
  /** Overrides the image's entrypoint; null keeps it. */
  readonly entrypoint: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Ports that the provider publishes on an address and port of his choice. */
  readonly ports: readonly Port[];
  /** Ports that only the other services of the lease reach. */
  readonly expose: readonly Port[];
  readonly limits: ServiceLimits;
  /** GPUs of the lease that this service alone gets. Left out where it gets none, so that older manifests keep their hashes. */
  readonly gpus?: GpuRequest;
  readonly volumes: readonly VolumeMount[];
  readonly tmpfs: readonly TmpfsMount[];
  readonly healthcheck: Healthcheck | null;
  /** `uid` or `uid:gid`, numeric, 0 only on a tier that bears it; null lets the provider choose an unprivileged one. */
  readonly user: string | null;
  readonly workingDir: string | null;
  readonly restart: RestartPolicy;
  /** Services that must be there first, each with the state it must have reached. */
  readonly dependsOn: Readonly<Record<string, DependencyCondition>>;
  /** Runs a reaper as process 1. */
  readonly init: boolean;
  readonly stopSignal: string | null;
  /** The tenant's notes; kept in the manifest, never handed to the engine, where a label can steer a provider's proxy. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Port {
  /** 1 to 65535. */
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp";
  /** Said of a published port that speaks HTTP: where the provider runs a proxy, it is reached by a hostname. */
  readonly appProtocol?: "http";
}

/** Upper bounds of one service; null takes an equal share of what the offer has left. */
export interface ServiceLimits {
  /** Thousandths of a core. */
  readonly cpuMillis: number | null;
  readonly memoryMiB: number | null;
  readonly pids: number | null;
}

/** So many GPUs of the offer, whichever the provider gives. */
export interface GpuRequest {
  readonly driver: "nvidia" | "amd";
  readonly count: number;
}

export interface VolumeTerms {
  /** Disk that the volume takes, its file system included; null takes an equal share of what the offer's storage has left. */
  readonly sizeMiB: number | null;
}

export interface VolumeMount {
  readonly volume: string;
  /** Absolute path inside the container. */
  readonly path: string;
  readonly readOnly: boolean;
}

export interface TmpfsMount {
  readonly path: string;
  /** Counts against the service's memory. */
  readonly sizeMiB: number;
}

/** When the container is well. All periods in milliseconds. */
export interface Healthcheck {
  /** `["CMD", ...]` or `["CMD-SHELL", "..."]`. */
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

export type DependencyCondition = "started" | "healthy" | "completed";

export type RestartPolicy =
  | { readonly on: "never" }
  | { readonly on: "always" }
  | { readonly on: "failure"; readonly attempts: number | null };

/** The tenant's terms for `berth deploy`, from `x-berth`; decimal strings in whole tokens, null where unsaid. */
export interface MarketTerms {
  /** Highest rate the tenant accepts, in tokens per hour. */
  readonly maxRatePerHour: string | null;
  /** What to put into the lease's balance when it opens, in tokens. */
  readonly deposit: string | null;
  /** The weakest isolation that the workload may run under. */
  readonly tier: IsolationTier | null;
}

/** What is hashed on chain and sent to the provider: the salt keeps a guessable manifest from being recognised. */
export interface ManifestDocument {
  readonly version: 1;
  /** 32 random bytes. */
  readonly salt: Hex;
  readonly manifest: Manifest;
}

/** Resources of an offer, for the whole lease. */
export interface Resources {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly storageMiB: number;
  readonly gpuCount: number;
  readonly gpuModel: string;
}

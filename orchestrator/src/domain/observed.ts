// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "./identity.ts";

/** The containers of one lease, found by labels alone. */
export interface ObservedContainers {
  readonly leaseId: LeaseId;
  readonly containers: readonly ObservedContainer[];
}

/** What the runtime holds for one lease, found by labels alone. */
export interface ObservedWorkload extends ObservedContainers {
  readonly hasNetwork: boolean;
  readonly volumes: readonly ObservedVolume[];
  /** True where a proxy should reach its network, and does not. */
  readonly isApart?: true;
}

/** A volume of which something exists. */
export interface ObservedVolume {
  /** Its name in the manifest. */
  readonly name: string;
  /** Null where the runtime does not bound it. */
  readonly sizeMiB: number | null;
  /** False where only a part of it exists: its creation or its removal was cut off. */
  readonly isWhole: boolean;
}

export interface ObservedContainer {
  /** The runtime's own id: with `startedAt` it names one incarnation. */
  readonly id: string;
  readonly service: string;
  readonly manifestHash: `0x${string}`;
  /** Pin of the image that it was made of. */
  readonly image: string;
  readonly state: ContainerState;
  /** Milliseconds since 1970, null if it never started. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Null unless it exited. */
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** True for one that exited because the engine took it down with itself, as one does that is restarted without live restore. */
  readonly lostWithEngine: boolean;
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  readonly endpoints: readonly Endpoint[];
  /** Ids of the GPUs that it was made with; left out where there are none. */
  readonly gpus?: readonly string[];
  /** Host's ports that it takes whenever it runs. */
  readonly publishes: readonly HostPort[];
}

export interface HostPort {
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp";
  readonly hostPort: number;
}

/** `frozen` is a running container whose processes are suspended. */
export type ContainerState = "created" | "running" | "frozen" | "exited";

/** Where a published port of a service is reached. */
export interface Endpoint {
  readonly service: string;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp";
  readonly address: string;
  readonly port: number;
  /** Where it is asked for, of one that a proxy answers by its hostname. */
  readonly url?: string;
}

/** One measurement of one container; totals count from that container's start. */
export interface Sample {
  readonly containerId: string;
  /** Milliseconds since 1970 of the container's start: a restart begins a new incarnation. */
  readonly startedAt: number;
  /** Milliseconds since 1970 of the measurement. */
  readonly takenAt: number;
  readonly cpuNanos: bigint;
  readonly memoryBytes: bigint;
  /** Null where the runtime does not tell. */
  readonly networkRxBytes: bigint | null;
  readonly networkTxBytes: bigint | null;
}

export interface LogLine {
  readonly service: string;
  readonly stream: "stdout" | "stderr";
  /** Bytes of the line, control characters and all; whoever shows it cleans it. */
  readonly text: string;
  /** RFC 3339, as the runtime stamped it. */
  readonly at: string;
}

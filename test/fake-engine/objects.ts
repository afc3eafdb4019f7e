// SPDX-License-Identifier: Apache-2.0
import type { Line, Program } from "./programs.ts";
import type { Usage } from "./usage.ts";

export type Labels = Readonly<Record<string, string>>;

export interface FakeImage {
  /** `sha256:` and 64 digits. */
  readonly id: string;
  readonly reference: string;
  readonly command: readonly string[];
  readonly labels: Labels;
  readonly size: number;
  /** When it was last given a tag, in milliseconds since 1970. */
  taggedAt: number;
}

export interface FakeNetwork {
  readonly id: string;
  readonly name: string;
  readonly options: Labels;
  /** The addresses of its subnets. */
  readonly ranges: readonly Range[];
  /** As the list of networks has it; made once, since a network never changes and every create asks for all of them. */
  readonly listed: object;
}

/** From the first address to before the last, as numbers. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

export interface Pool {
  readonly Subnet?: string;
  readonly Gateway?: string;
}

export interface FakeVolume {
  readonly name: string;
  readonly labels: Labels | null;
  /** Milliseconds since 1970, here and below. */
  readonly createdAt: number;
  uid: number;
  gid: number;
  readonly files: string[];
}

export interface Mount {
  readonly volume: string;
  readonly path: string;
  readonly isReadOnly: boolean;
}

/** One life of a container's processes. */
export interface Incarnation {
  readonly containerId: string;
  readonly pid: number;
  readonly startedAt: number;
  /** Null while it lives. */
  endedAt: number | null;
}

export interface LoggedLine extends Pick<Line, "stream" | "text"> {
  readonly at: number;
}

export interface PortBinding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

/** What a client asks for in a create, as far as the fake minds it. */
export interface ContainerConfig {
  readonly Image: string;
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly User?: string;
  readonly Labels?: Labels | null;
  readonly ExposedPorts?: Readonly<Record<string, object>> | null;
  readonly Healthcheck?: { readonly Test?: readonly string[] } | null;
  readonly HostConfig?: HostConfig;
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Readonly<Record<string, Endpoint>> };
}

export interface Endpoint {
  readonly Aliases?: readonly string[] | null;
}

export interface HostConfig {
  readonly NetworkMode?: string;
  readonly ReadonlyRootfs?: boolean;
  readonly Init?: boolean;
  readonly Runtime?: string;
  readonly StorageOpt?: object;
  readonly NanoCpus?: number;
  readonly Sysctls?: Readonly<Record<string, string>>;
  readonly PortBindings?: Readonly<Record<string, readonly PortBinding[]>>;
  readonly Mounts?: readonly {
    readonly Source: string;
    readonly Target: string;
    readonly ReadOnly?: boolean;
    readonly VolumeOptions?: { readonly Labels?: Labels };
  }[];
}

export type Status = "created" | "running" | "paused" | "exited";
export type Health = "starting" | "healthy" | "unhealthy";

export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly image: FakeImage;
  readonly config: ContainerConfig;
  readonly labels: Labels;
  readonly words: readonly string[];
  readonly mounts: readonly Mount[];
  readonly usage: Usage;
  readonly log: LoggedLine[];
  readonly networkName: string;
  readonly aliases: readonly string[];
  /** The network it joined at its last start; null before the first, and after it was connected anew. */
  networkId: string | null;
  /** Ids of the other networks that it was connected to, by their names. */
  readonly others: Map<string, string>;
  status: Status;
  program: Program | null;
  /** Null unless its processes live. */
  pid: number | null;
  exitCode: number;
  error: string;
  oomKilled: boolean;
  startedAt: number | null;
  finishedAt: number | null;
  /** Null where nothing checks it. */
  health: Health | null;
  /** While it runs, by `8080/tcp`; null for a port that is exposed only. */
  ports: ReadonlyMap<string, readonly PortBinding[] | null>;
  /** Events of its program that have not happened yet. */
  planned: (() => void)[];
  /** Called at every line, and at the end with null. */
  readonly followers: Set<(line: LoggedLine | null) => void>;
}

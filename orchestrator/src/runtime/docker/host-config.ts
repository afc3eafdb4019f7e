// SPDX-License-Identifier: Apache-2.0
import type { IsolationTier } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { LeaseId, MarketIdentity } from "../../domain/identity.ts";
import type { Ingress } from "../../domain/ingress.ts";
import { networkName, volumeLabels, volumeName } from "../../domain/names.ts";
import type { ServiceSpec } from "../../domain/workload.ts";
import { capabilitiesOf, cpuShares, pidsLimit, RUNTIMES, securityOptions, ulimits } from "./confinement.ts";
import { leaseUser } from "./lease-user.ts";
import { checkedMounts } from "./mounts.ts";
import { portBindings, publishedPorts } from "./ports.ts";

/** The engine's HostConfig as Berth emits it; the client's types lack `CgroupnsMode`. */
export type LeaseHostConfig = Dockerode.HostConfig & { readonly CgroupnsMode: "private" };

/** What a HostConfig is built from. */
export interface HostConfigInput {
  readonly identity: MarketIdentity;
  readonly leaseId: LeaseId;
  readonly service: ServiceSpec;
  /** What the lease's offer claims. */
  readonly tier: IsolationTier;
  /** Whether the engine maps users. */
  readonly isMapped: boolean;
  /** Host address that published ports are bound to. */
  readonly publishAddress: string;
  /** What gives the service its GPUs; none where it has none. */
  readonly devices?: Dockerode.DeviceRequest[];
  /** The proxy that answers for ports that speak HTTP; left out where there is none. */
  readonly ingress?: Ingress | undefined;
  /** What the engine's driver is told of a volume, by the engine's name; nothing where this is left out. */
  readonly volumeOptions?: (name: string) => Readonly<Record<string, string>>;
  /** Bound of the container's own layer, where the engine can bound it. */
  readonly layerMiB?: number;
}

const MIB = 1024 * 1024;
const NANO_CPUS_PER_MILLI = 1_000_000;
const SHM_MIB = 64;
const TMPFS_OPTIONS = "rw,noexec,nosuid,nodev,nr_inodes=16k";

/**
 * The closed HostConfig of a service: each field is written here, and nothing of a tenant's is passed through but numbers
 * and paths that were checked. PermanentError E_MOUNT_REFUSED when a mount cannot be allowed, E_USER_REFUSED for its user.
 */
export function hostConfig(input: HostConfigInput): LeaseHostConfig {
  const { identity, leaseId, service, tier, publishAddress, ingress, devices = [] } = input;
  const { volumeOptions, layerMiB } = input;
  const memory = service.memoryMiB * MIB;
  const { tmpfs, volumes } = checkedMounts(service);
  return {
    ...closed(),
    DeviceRequests: devices,
    Runtime: RUNTIMES[tier],
    CapAdd: capabilitiesOf(leaseUser(leaseId, service, input)),
    SecurityOpt: securityOptions(),
    Ulimits: ulimits(service, tier),
    Memory: memory,
    MemorySwap: memory,
    MemoryReservation: memory,
    NanoCpus: service.cpuMillis * NANO_CPUS_PER_MILLI,
    CpuShares: cpuShares(service.cpuMillis),
    PidsLimit: pidsLimit(service, tier),
    ...(layerMiB === undefined ? {} : { StorageOpt: { size: `${layerMiB}m` } }),
    ShmSize: Math.min(SHM_MIB, service.memoryMiB) * MIB,
    Init: service.init,
    NetworkMode: networkName(identity, leaseId),
    PortBindings: portBindings(publishedPorts(service.ports, ingress), publishAddress),
    Tmpfs: Object.fromEntries(tmpfs.map(({ path, sizeMiB }) => [path, `${TMPFS_OPTIONS},size=${sizeMiB}m`])),
    Mounts: volumes.map(({ volume, path, readOnly }) => ({
      Type: "volume",
      Source: volumeName(identity, leaseId, volume),
      Target: path,
      ReadOnly: readOnly,
      VolumeOptions: {
        NoCopy: true,
        Labels: volumeLabels(identity, leaseId, volume),
        DriverConfig: {
          Name: "local",
          Options: { ...volumeOptions?.(volumeName(identity, leaseId, volume)) },
        },
      },
    })),
  };
}

/**
 * Nothing that reaches into the host: every door that the engine has, shut by name; and the bounds that are the same for all. MaskedPaths
 * and ReadonlyPaths are left to the engine, whose lists hide parts of /proc and /sys. The search list `.` is none, not the provider's own.
 */
function closed(): LeaseHostConfig {
  return {
    Privileged: false,
    CapDrop: ["ALL"],
    ReadonlyRootfs: true,
    Binds: [],
    VolumesFrom: [],
    Links: [],
    Devices: [],
    DeviceCgroupRules: [],
    DeviceRequests: [],
    GroupAdd: [],
    ExtraHosts: [],
    Dns: [],
    DnsOptions: [],
    DnsSearch: ["."],
    Sysctls: {},
    IpcMode: "private",
    PidMode: "",
    UTSMode: "",
    UsernsMode: "",
    CgroupnsMode: "private",
    CgroupParent: "",
    CpusetCpus: "",
    CpusetMems: "",
    PublishAllPorts: false,
    AutoRemove: false,
    OomKillDisable: false,
    OomScoreAdj: 500,
    RestartPolicy: { Name: "no" },
    LogConfig: { Type: "local", Config: { "max-size": "10m", "max-file": "3" } },
  };
}

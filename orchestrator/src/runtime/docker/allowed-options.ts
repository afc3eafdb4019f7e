// SPDX-License-Identifier: Apache-2.0
import { InvariantError, type IsolationTier } from "@berth/sdk";
import type Dockerode from "dockerode";
import { z } from "zod";
import type { WorkloadSpec } from "../../domain/workload.ts";
import { LARGEST_WORKLOAD, ROOT_CAPABILITIES, RUNTIMES, SECCOMP_OPTION } from "./confinement.ts";

const none = z.tuple([]);
const nothing = z.strictObject({});
const count = z.int().positive();
const limit = (name: string, soft: z.ZodType, hard = soft) =>
  z.strictObject({ Name: z.literal(name), Soft: soft, Hard: hard });
const portKey = z.string().regex(/^\d{1,5}\/(tcp|udp)$/);
/** A mount's place, and none in the kernel's trees. */
const place = z.string().regex(/^(?!\/(proc|sys|dev)(\/|$))(\/(?!\.{1,2}(\/|$))[^/\0]+)+$/);
const owned = z.string().regex(/^berth-\d+-[0-9a-f]{8}-\d+-/);

/** GPUs by their ids, never by number and never all of them. */
const gpuRequest = z.union([
  z.strictObject({
    Driver: z.literal("cdi"),
    DeviceIDs: z.array(z.string().regex(/^[a-z0-9.-]+\/gpu=[\w.:-]+$/)).min(1),
  }),
  z.strictObject({
    Driver: z.literal("nvidia"),
    DeviceIDs: z.array(z.string().regex(/^GPU-[0-9a-fA-F-]+$/)).min(1),
    Capabilities: z.tuple([z.tuple([z.literal("gpu")])]),
  }),
]);
/** The engine's choice, or one of the provider's pool. */
const hostPort = z
  .string()
  .refine(
    (port) => port === "" || (/^\d{4,5}$/.test(port) && Number(port) >= 1_024 && Number(port) <= 65_535),
  );
const binding = z.tuple([z.strictObject({ HostIp: z.string().min(1), HostPort: hostPort })]);
/** Our own, and what the provider's proxy reads of a router that is named after the container. */
const label = z
  .string()
  .regex(
    /^(?:berth\.[a-z]+|traefik\.enable|traefik\.docker\.network|caddy|caddy\.reverse_proxy|caddy_ingress_network)$|^traefik\.http\.(?:routers\.berth-[\w-]+\.(?:rule|service)|services\.berth-[\w-]+\.loadbalancer\.server\.port)$/,
  );
/** What a proxy is told of one router or server, which no container may say of another's. */
const ROUTED = /^traefik\.http\./;
/** A file system of the volume's own, mounted where the daemon keeps volumes. */
const bounded = z.strictObject({
  type: z.literal("none"),
  o: z.literal("bind"),
  device: z.string().regex(/^(?:\/(?!\.{1,2}\/)[^/\0]+)*\/berth-\d+-[0-9a-f]{8}-\d+-[^/]+\/data$/),
});
const volume = z.strictObject({
  Type: z.literal("volume"),
  Source: owned,
  Target: place,
  ReadOnly: z.boolean(),
  VolumeOptions: z.strictObject({
    NoCopy: z.literal(true),
    Labels: z.record(z.string().regex(/^berth\./), z.string()),
    DriverConfig: z.strictObject({ Name: z.literal("local"), Options: z.union([nothing, bounded]) }),
  }),
});

/** The same for every tier: what shuts a container in. */
const shut = {
  Privileged: z.literal(false),
  CapDrop: z.tuple([z.literal("ALL")]),
  SecurityOpt: z.tuple([
    z.literal("no-new-privileges:true"),
    z.literal(SECCOMP_OPTION),
    z.literal("apparmor=docker-default"),
  ]),
  ReadonlyRootfs: z.literal(true),
  ...{ Binds: none, VolumesFrom: none, Links: none, Devices: none, DeviceCgroupRules: none },
  ...{ GroupAdd: none, ExtraHosts: none, Dns: none, DnsOptions: none },
  DnsSearch: z.tuple([z.literal(".")]),
  Sysctls: nothing,
  IpcMode: z.literal("private"),
  ...{ PidMode: z.literal(""), UTSMode: z.literal(""), UsernsMode: z.literal("") },
  CgroupnsMode: z.literal("private"),
  ...{ CgroupParent: z.literal(""), CpusetCpus: z.literal(""), CpusetMems: z.literal("") },
  ...{ PublishAllPorts: z.literal(false), AutoRemove: z.literal(false), OomKillDisable: z.literal(false) },
  OomScoreAdj: z.literal(500),
  RestartPolicy: z.strictObject({ Name: z.literal("no") }),
  LogConfig: z.strictObject({
    Type: z.literal("local"),
    Config: z.strictObject({ "max-size": z.literal("10m"), "max-file": z.literal("3") }),
  }),
};

/** What differs between leases: bounds and names, each within its own set. */
const own = {
  CapAdd: z.union([
    none,
    z.tuple(
      ROOT_CAPABILITIES.map((name) => z.literal(name)) as unknown as readonly [z.ZodType, ...z.ZodType[]],
    ),
  ]),
  ...{
    Memory: count,
    MemorySwap: count,
    MemoryReservation: count,
    NanoCpus: count,
    CpuShares: count,
    ShmSize: count,
  },
  DeviceRequests: z.array(gpuRequest),
  Init: z.boolean(),
  NetworkMode: owned,
  PortBindings: z.record(portKey, binding),
  Tmpfs: z.record(place, z.string().regex(/^rw,noexec,nosuid,nodev,nr_inodes=16k,size=[1-9]\d*m$/)),
  Mounts: z.array(volume),
  StorageOpt: z.strictObject({ size: z.string().regex(/^[1-9]\d*m$/) }).optional(),
};

const files = limit("nofile", z.literal(4096));
const rest = [limit("core", z.literal(0)), limit("memlock", z.literal(65_536))] as const;
const onEngine = z.strictObject({
  ...{ ...shut, ...own, Runtime: z.literal("runc"), PidsLimit: count.max(4_096) },
  Ulimits: z.tuple([files, limit("nproc", z.literal(LARGEST_WORKLOAD)), ...rest]),
});
const onGvisor = z.strictObject({
  ...{ ...shut, ...own, Runtime: z.literal("runsc"), PidsLimit: count.min(1_024) },
  Ulimits: z.tuple([files, limit("nproc", count.max(4_096)), ...rest]),
});

const allowed = z.object({
  name: owned,
  User: z.string().regex(/^\d{1,10}:\d{1,10}$/),
  Labels: z.record(label, z.string()),
  HostConfig: z.union([onEngine, onGvisor]),
  ...{ Tty: z.literal(false), OpenStdin: z.literal(false), AttachStdin: z.literal(false) },
});

type Allowed = z.output<typeof allowed>;

/**
 * The last gate before an engine makes a container: it knows nothing of manifests, and lets nothing pass that is not on its own list.
 * InvariantError E_CONTAINER_NOT_CLOSED names what is outside.
 */
export function requireAllowed(
  options: Dockerode.ContainerCreateOptions,
  { leaseId, tier }: Pick<WorkloadSpec, "leaseId" | "tier">,
): void {
  const read = allowed.safeParse(options);
  const places = read.success ? contradictions(read.data, tier) : read.error.issues.flatMap(placesOf);
  if (places.length === 0) return;
  const outside = [...new Set(places)].join(", ");
  throw new InvariantError(
    "E_CONTAINER_NOT_CLOSED",
    `A container of lease ${leaseId} would have reached outside its bounds: ${outside}.`,
    {
      atRisk: "the lease does not run; the machine is safe",
      next: "Report this as a defect.",
      facts: { leaseId: String(leaseId), outside },
    },
  );
}

/** What is allowed by itself and not beside the rest. */
function contradictions({ name, User, Labels, HostConfig }: Allowed, tier: IsolationTier): readonly string[] {
  const { Memory, MemorySwap, MemoryReservation, ShmSize, Runtime, CapAdd } = HostConfig;
  const ids = User.split(":").map(Number);
  const isRoot = ids[0] === 0;
  const rules = {
    MemorySwap: Memory === MemorySwap,
    MemoryReservation: MemoryReservation <= Memory,
    ShmSize: ShmSize <= Memory,
    Runtime: Runtime === RUNTIMES[tier],
    CapAdd: CapAdd.length === 0 || isRoot,
  };
  const broken = Object.entries(rules).flatMap(([name, holds]) => (holds ? [] : [`HostConfig.${name}`]));
  const anothers = Object.keys(Labels).filter((key) => ROUTED.test(key) && !key.includes(`.${name}.`));
  const user = tier === "runc" && ids.includes(0) ? ["User"] : [];
  return [...broken, ...anothers.map((key) => `Labels.${key}`), ...user];
}

/** A union's own issue says nothing: what is wrong is what is wrong with each of its members. */
function placesOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => (path === "" ? key : `${path}.${key}`));
  if (issue.code !== "invalid_union") return [path];
  return issue.errors.flat().flatMap((inner) => placesOf({ ...inner, path: [...issue.path, ...inner.path] }));
}

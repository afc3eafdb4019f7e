// SPDX-License-Identifier: Apache-2.0
import type { RefusedGroup } from "./refused-keys.ts";

const NO_CAPABILITY = "remove it; listen on a port above 1023 and write to a volume or a tmpfs";
const NO_DEVICE = "remove it; ask for GPUs with deploy.resources.reservations.devices";

/** Service keys that would open the provider's machine, or that only the provider can decide. */
export const REFUSED_HOST_KEYS: readonly RefusedGroup[] = [
  {
    keys: ["privileged"],
    reason: "a privileged container owns the provider's machine",
    fix: NO_CAPABILITY,
  },
  {
    keys: ["cap_add"],
    reason: "every container runs with all capabilities dropped",
    fix: NO_CAPABILITY,
  },
  {
    keys: ["cap_drop"],
    reason: "all capabilities are dropped already",
    fix: "remove it",
  },
  {
    keys: ["security_opt"],
    reason: "the provider sets the security options, and they cannot be loosened",
    fix: "remove it; no-new-privileges and a seccomp profile are always on",
  },
  {
    keys: ["devices", "device_cgroup_rules"],
    reason: "a device belongs to the provider's machine",
    fix: NO_DEVICE,
  },
  {
    keys: ["gpus"],
    reason: "GPUs are asked for in one place only",
    fix: "write deploy.resources.reservations.devices: [{ driver: nvidia, count: 1, capabilities: [gpu] }]",
  },
  {
    keys: ["network_mode"],
    reason: "the services of a lease share one private network, and no other can be joined",
    fix: "remove it; services reach each other by name, and the world reaches what `ports` lists",
  },
  {
    keys: ["pid", "ipc", "uts", "userns_mode", "cgroup"],
    reason: "a namespace shared with the provider's machine or another container breaks the isolation",
    fix: "remove it; every container has namespaces of its own",
  },
  {
    keys: ["cgroup_parent"],
    reason: "the provider places a lease in his own control groups",
    fix: "remove it; bound the service with deploy.resources.limits",
  },
  {
    keys: ["sysctls"],
    reason: "kernel settings belong to the provider's machine",
    fix: "remove it; set what the program needs by its own configuration",
  },
  {
    keys: ["runtime", "isolation"],
    reason: "the offer says what runtime isolates a lease",
    fix: "remove it; choose an offer of the isolation tier you want",
  },
  {
    keys: ["platform"],
    reason: "the offer's machine decides the platform",
    fix: "remove it; name an image for that machine, or one for several platforms",
  },
  {
    keys: ["use_api_socket"],
    reason: "the engine's socket owns the provider's machine",
    fix: "remove it; no container reaches the engine",
  },
  {
    keys: ["volumes_from"],
    reason: "mounts of another container cannot be taken over unseen",
    fix: "name a volume under `volumes` and mount it in both services",
  },
  {
    keys: ["group_add"],
    reason: "a further group may open files that the user must not read",
    fix: 'remove it; write user: "uid:gid" with one group',
  },
  {
    keys: ["annotations"],
    reason: "an annotation can steer the provider's runtime",
    fix: "write notes under `labels`; they stay in the manifest",
  },
  {
    keys: ["credential_spec"],
    reason: "it is a Windows setting, and leases run on Linux",
    fix: "remove it; pass credentials as environment variables",
  },
  {
    keys: ["read_only"],
    reason: "the root file system is read-only in every lease",
    fix: "remove it; write to a volume or a tmpfs",
  },
  {
    keys: ["storage_opt"],
    reason: "the offer says how much storage a lease has",
    fix: "remove it; choose an offer with the storage you need",
  },
  {
    keys: ["ulimits"],
    reason: "the provider sets the limits of open files and processes",
    fix: "remove it; bound processes with deploy.resources.limits.pids",
  },
  {
    keys: ["shm_size"],
    reason: "the provider gives every container the same shared memory",
    fix: "remove it; use a tmpfs for scratch files",
  },
  {
    keys: ["logging"],
    reason: "the provider keeps the logs and bounds them",
    fix: "remove it; read them with `berth logs`",
  },
];

// SPDX-License-Identifier: Apache-2.0
import { memoryLeft, PermanentError } from "@berth/sdk";
import type { ServiceSpec } from "../../domain/workload.ts";

/** What may be mounted into a service: memory-backed folders and volumes of its own lease. */
export interface Mounts {
  readonly tmpfs: ServiceSpec["tmpfs"];
  readonly volumes: ServiceSpec["volumes"];
}

/** What a program may expect to write to: how large at most, and what part of the memory that the manifest's own folders leave over. */
const WRITABLE = [
  { path: "/tmp", largestMiB: 64, share: 4 },
  { path: "/run", largestMiB: 8, share: 8 },
];
/** The kernel's own trees: a mount over them undoes the engine's masks. */
const KERNEL_TREES = ["/proc", "/sys", "/dev"];

/**
 * The service's mounts, with a `/tmp` and a `/run` unless it brings them. PermanentError E_MOUNT_REFUSED for a path that is not absolute
 * and normal, lies in the kernel's trees or comes twice, and for memory-backed folders that do not fit the memory they count against.
 */
export function checkedMounts(service: ServiceSpec): Mounts {
  const { tmpfs, volumes, memoryMiB } = service;
  const paths = [...tmpfs, ...volumes].map(({ path }) => path);
  const bad = paths.find((path, index) => !isMountable(path) || paths.indexOf(path) !== index);
  if (bad !== undefined) throw refusal(service, `nothing can be mounted at "${bad}"`);
  const left = memoryLeft(tmpfs, memoryMiB);
  if (tmpfs.some(({ sizeMiB }) => !Number.isInteger(sizeMiB) || sizeMiB < 1) || left === null) {
    throw refusal(service, `its memory-backed folders do not fit its ${memoryMiB} MiB of memory`);
  }
  const ours = WRITABLE.filter(({ path }) => !paths.includes(path)).map(({ path, largestMiB, share }) => ({
    path,
    sizeMiB: Math.max(1, Math.min(largestMiB, Math.floor(left / share))),
  }));
  return { tmpfs: [...ours, ...tmpfs], volumes };
}

function isMountable(path: string): boolean {
  const segments = path.split("/").slice(1);
  const isNormal = path.startsWith("/") && segments.every((segment) => !["", ".", ".."].includes(segment));
  return isNormal && !path.includes("\0") && !KERNEL_TREES.some((tree) => `${path}/`.startsWith(`${tree}/`));
}

function refusal(service: ServiceSpec, why: string): PermanentError {
  return new PermanentError("E_MOUNT_REFUSED", `Service ${service.name}: ${why}.`, {
    atRisk: "the lease does not run",
    next: "Mount volumes and tmpfs at distinct absolute paths outside /proc, /sys and /dev, and keep tmpfs below the memory limit.",
    facts: { service: service.name },
  });
}

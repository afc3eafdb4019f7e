// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import type { ServiceSpec } from "../../domain/workload.ts";

/** What may be mounted into a service: memory-backed folders and volumes of its own lease. */
export interface Mounts {
  readonly tmpfs: ServiceSpec["tmpfs"];
  readonly volumes: ServiceSpec["volumes"];
}

const TMP = "/tmp";
const LARGEST_TMP_MIB = 64;
/** Part of the memory that manifest's folders leave over which `/tmp` may take. */
const TMP_SHARE = 4;
/** The kernel's own trees: a mount over them undoes the engine's masks. */
const KERNEL_TREES = ["/proc", "/sys", "/dev"];

/**
 * The service's mounts, with a `/tmp` unless it brings one. PermanentError E_MOUNT_REFUSED for a path that is not absolute
 * and normal, lies in the kernel's trees or comes twice, and for memory-backed folders that do not fit the memory they count against.
 */
export function checkedMounts(service: ServiceSpec): Mounts {
  const { tmpfs, volumes, memoryMiB } = service;
  const paths = [...tmpfs, ...volumes].map(({ path }) => path);
  const bad = paths.find((path, index) => !isMountable(path) || paths.indexOf(path) !== index);
  if (bad !== undefined) throw refusal(service, `nothing can be mounted at "${bad}"`);
  const left = memoryMiB - tmpfs.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0);
  if (tmpfs.some(({ sizeMiB }) => !Number.isInteger(sizeMiB) || sizeMiB < 1) || left < 1) {
    throw refusal(service, `its memory-backed folders do not fit its ${memoryMiB} MiB of memory`);
  }
  if (paths.includes(TMP)) return { tmpfs, volumes };
  const sizeMiB = Math.max(1, Math.min(LARGEST_TMP_MIB, Math.floor(left / TMP_SHARE)));
  return { tmpfs: [{ path: TMP, sizeMiB }, ...tmpfs], volumes };
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

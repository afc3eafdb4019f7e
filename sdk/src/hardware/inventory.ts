// SPDX-License-Identifier: Apache-2.0
import type { Resources } from "../manifest/types.ts";

export type GpuVendor = "nvidia" | "amd";

/** One GPU of a machine. */
export interface Gpu {
  readonly vendor: GpuVendor;
  /** The vendor's own id of the device, which survives a restart and another slot: `GPU-...` or `0x...`. */
  readonly uuid: string;
  /** Canonical, see `canonicalGpuModel`. */
  readonly model: string;
  readonly memoryMiB: number;
  /** Version of the kernel's driver. */
  readonly driver: string;
  /** Why nobody may be given it; null where nothing is known against it. */
  readonly fault: string | null;
}

/** What a machine has. */
export interface Inventory {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** Of the file system that holds the workloads' data. */
  readonly storageMiB: number;
  readonly gpus: readonly Gpu[];
}

/** What leases may take of a machine in all, where the provider says so himself; null for what its reserve leaves. */
export interface CapacityLimits {
  readonly cpuMillis: number | null;
  readonly memoryMiB: number | null;
  readonly storageMiB: number | null;
}

/** What leases can be given. */
export type Capacity = Inventory;

/** What leases take of a machine. */
export type Taken = Pick<Resources, "cpuMillis" | "memoryMiB" | "storageMiB" | "gpuCount" | "gpuModel">;

export const NO_LIMITS: CapacityLimits = { cpuMillis: null, memoryMiB: null, storageMiB: null };

/** Kept back for the machine itself: a tenth of its cores, and a GiB of its memory. */
const CPU_RESERVE = 0.1;
const MEMORY_RESERVE_MIB = 1_024;

/** What a machine has for leases: all but the reserve, or what the provider says; GPUs that are at fault are not given. */
export function capacityOf(inventory: Inventory, limits: CapacityLimits = NO_LIMITS): Capacity {
  return {
    cpuMillis: limits.cpuMillis ?? Math.floor(inventory.cpuMillis * (1 - CPU_RESERVE)),
    memoryMiB: limits.memoryMiB ?? Math.max(0, inventory.memoryMiB - MEMORY_RESERVE_MIB),
    storageMiB: limits.storageMiB ?? inventory.storageMiB,
    gpus: inventory.gpus.filter(({ fault }) => fault === null),
  };
}

/** What does not fit: needed in all, and there. */
export interface Shortfall {
  readonly what: string;
  readonly needed: number;
  readonly there: number;
}

/** What of all this together is more than the capacity; empty where it fits. */
export function shortfalls(capacity: Capacity, taken: readonly Taken[]): readonly Shortfall[] {
  const sum = (field: "cpuMillis" | "memoryMiB" | "storageMiB"): number =>
    taken.reduce((total, each) => total + each[field], 0);
  const models = new Set(taken.filter(({ gpuCount }) => gpuCount > 0).map(({ gpuModel }) => gpuModel));
  const gpus = [...models].map((model) => ({
    what: `GPUs ${model}`,
    needed: taken.reduce((total, each) => total + (each.gpuModel === model ? each.gpuCount : 0), 0),
    there: capacity.gpus.filter((gpu) => gpu.model === model).length,
  }));
  return [
    { what: "thousandths of a core", needed: sum("cpuMillis"), there: capacity.cpuMillis },
    { what: "MiB of memory", needed: sum("memoryMiB"), there: capacity.memoryMiB },
    { what: "MiB of storage", needed: sum("storageMiB"), there: capacity.storageMiB },
    ...gpus,
  ].filter(({ needed, there }) => needed > there);
}

/** A shortfall in words: `GPUs nvidia-t4: 3 are needed and 2 are there`. */
export function shortfallText({ what, needed, there }: Shortfall): string {
  return `${what}: ${needed} are needed and ${there} are there`;
}

// SPDX-License-Identifier: Apache-2.0
import { UserError } from "../errors.ts";
import { MIN_CPU_MILLIS, MIN_MEMORY_MIB } from "./rules.ts";
import { vendorOfModel } from "../hardware/gpu-models.ts";
import type { Manifest, Resources, TmpfsMount } from "./types.ts";

/** Hard limits of one service. */
export interface Allotment {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  readonly pids: number;
}

/** Processes of a service that names no limit; an offer does not count them. */
export const DEFAULT_PIDS = 256;
/** One for each of the two folders that every container has beside its own. */
const MIN_LEFT_MIB = 2;
const DEVICES = "deploy.resources.reservations.devices";

interface Measure {
  readonly field: "cpuMillis" | "memoryMiB";
  readonly key: "cpus" | "memory";
  readonly unit: string;
  readonly least: number;
}

const CPU: Measure = {
  field: "cpuMillis",
  key: "cpus",
  unit: "thousandths of a core",
  least: MIN_CPU_MILLIS,
};
const MEMORY: Measure = { field: "memoryMiB", key: "memory", unit: "MiB", least: MIN_MEMORY_MIB };

/**
 * Divides the resources of an offer: limits as they are written, and equal shares, rounded down, of what is left for the
 * services without one. UserError E_RESOURCES_ABOVE_OFFER where that does not fit, where a share would be below 10
 * thousandths of a core or 16 MiB, where a service's tmpfs mounts leave too little of its memory, and where more GPUs are asked for than the offer
 * has, or those of another driver.
 */
export function allotResources(
  manifest: Pick<Manifest, "services">,
  offered: Omit<Resources, "storageMiB">,
): Readonly<Record<string, Allotment>> {
  checkGpus(manifest, offered);
  const cpus = divide(manifest, offered.cpuMillis, CPU);
  const memories = divide(manifest, offered.memoryMiB, MEMORY);
  const allotments = Object.entries(manifest.services).map(([name, service]) => {
    const cpuMillis = service.limits.cpuMillis ?? cpus;
    const memoryMiB = service.limits.memoryMiB ?? memories;
    checkTmpfs(name, service.tmpfs, memoryMiB);
    return [name, { cpuMillis, memoryMiB, pids: service.limits.pids ?? DEFAULT_PIDS }] as const;
  });
  return Object.fromEntries(allotments);
}

function divide(
  manifest: Pick<Manifest, "services">,
  offered: number,
  { field, key, unit, least }: Measure,
): number {
  const limits = Object.entries(manifest.services).map(([name, { limits }]) => ({
    name,
    limit: limits[field],
  }));
  const asked = limits.reduce((sum, { limit }) => sum + (limit ?? 0), 0);
  const shared = limits.filter(({ limit }) => limit === null);
  const needed = asked + shared.length * least;
  if (needed <= offered) return shared.length === 0 ? 0 : Math.floor((offered - asked) / shared.length);
  const first = shared[0] === undefined ? "*" : shared[0].name;
  throw aboveOffer(`services.${first}.deploy.resources.limits.${key}`, needed, offered, unit);
}

function checkGpus(
  manifest: Pick<Manifest, "services">,
  { gpuCount, gpuModel }: Pick<Resources, "gpuCount" | "gpuModel">,
): void {
  const asking = Object.entries(manifest.services).flatMap(([name, { gpus }]) =>
    gpus === undefined ? [] : [{ path: `services.${name}.${DEVICES}`, ...gpus }],
  );
  const asked = asking.reduce((sum, { count }) => sum + count, 0);
  const [first] = asking;
  if (first !== undefined && asked > gpuCount) throw aboveOffer(first.path, asked, gpuCount, "GPUs");
  const other = asking.find(({ driver }) => driver !== vendorOfModel(gpuModel));
  if (other === undefined) return;
  throw new UserError(
    "E_GPU_OF_ANOTHER_DRIVER",
    `${other.path}: ${other.driver} is asked for, and the offer has ${gpuModel}`,
    {
      atRisk: "nothing: nothing was started",
      next: "write the driver of the offer's GPUs, or choose another offer",
      facts: { path: other.path, asked: other.driver, offered: gpuModel },
    },
  );
}

/** What a service's memory-backed folders leave of its memory, in MiB; null where that has no room for the provider's `/tmp` and `/run`. */
export function memoryLeft(tmpfs: readonly TmpfsMount[], memoryMiB: number): number | null {
  const left = memoryMiB - sizeOf(tmpfs);
  return left < MIN_LEFT_MIB ? null : left;
}

function checkTmpfs(name: string, tmpfs: readonly TmpfsMount[], memoryMiB: number): void {
  if (memoryLeft(tmpfs, memoryMiB) !== null) return;
  throw aboveOffer(`services.${name}.tmpfs`, sizeOf(tmpfs) + MIN_LEFT_MIB, memoryMiB, "MiB");
}

function sizeOf(tmpfs: readonly TmpfsMount[]): number {
  return tmpfs.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0);
}

function aboveOffer(path: string, asked: number, offered: number, unit: string): UserError {
  return new UserError(
    "E_RESOURCES_ABOVE_OFFER",
    `${path}: ${asked} ${unit} are needed and ${offered} are there`,
    {
      atRisk: "nothing: nothing was started",
      next: "write smaller limits, or choose a larger offer",
      facts: { path, asked: String(asked), offered: String(offered) },
    },
  );
}

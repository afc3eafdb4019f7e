// SPDX-License-Identifier: Apache-2.0
import type { Capacity, GpuVendor } from "@berth/sdk/hardware";
import type { Failure } from "./failure.ts";
import type { LeaseId } from "./identity.ts";
import type { ObservedContainer } from "./observed.ts";

/** A GPU that a lease has for itself. */
export interface HeldGpu {
  readonly vendor: GpuVendor;
  readonly uuid: string;
}

/** Which lease holds each GPU, by its id. */
export type GpuHolders = ReadonlyMap<string, LeaseId>;

export const GPU_LOST: Failure = {
  code: "E_GPU_LOST",
  message:
    "A GPU of this lease does not work any more, or is not seen: the provider has to mend his machine. Nothing is billed meanwhile; the data stays.",
};

export const GPUS_UNKNOWN: Failure = {
  code: "E_GPUS_UNREADABLE",
  message:
    "The provider's machine does not tell of its GPUs at the moment. A lease with GPUs is not billed until they are seen again.",
};

/**
 * GPUs for a lease of so many of a model: those that it holds, then those that its containers carry, then free ones in the order of
 * the machine. Fewer than wanted where there are no more: nobody is given another lease's.
 */
export function gpusFor(
  leaseId: LeaseId,
  wanted: { readonly count: number; readonly model: string },
  held: readonly HeldGpu[],
  carried: readonly string[],
  { gpus }: Capacity,
  holders: GpuHolders,
): readonly HeldGpu[] {
  const isOurs = ({ uuid }: HeldGpu): boolean => (holders.get(uuid) ?? leaseId) === leaseId;
  const ofModel = gpus.filter((gpu) => gpu.model === wanted.model && isOurs(gpu));
  const inUse = gpus.filter((gpu) => carried.includes(gpu.uuid) && isOurs(gpu));
  const all = new Map([...held, ...inUse, ...ofModel].map(({ vendor, uuid }) => [uuid, { vendor, uuid }]));
  return [...all.values()].slice(0, Math.max(wanted.count, held.length));
}

/** What is wrong with GPUs that containers carry: null where each of them is seen and well, and where they carry none. */
export function gpuTrouble(
  containers: readonly Pick<ObservedContainer, "gpus">[],
  capacity: Capacity | null,
): Failure | null {
  const carried = containers.flatMap(({ gpus }) => gpus ?? []);
  if (carried.length === 0) return null;
  if (capacity === null) return GPUS_UNKNOWN;
  const isWell = (uuid: string): boolean => capacity.gpus.some((gpu) => gpu.uuid === uuid);
  return carried.every(isWell) ? null : GPU_LOST;
}

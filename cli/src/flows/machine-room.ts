// SPDX-License-Identifier: Apache-2.0
import type { Capacity, Inventory, Shortfall, Taken } from "@berth/sdk/hardware";
import { capacityOf, lookAtMachine, shortfalls } from "@berth/sdk/hardware";
import type { Config } from "../config/config.ts";
import { dataDirOf } from "../config/config.ts";
import { nearestFolder } from "../doctor/probe-machine.ts";

/** Places of an offer, each of which takes its resources. */
export interface Places {
  readonly places: bigint;
  readonly resources: Taken;
}

/** Looks at this machine. Throws RetryableError E_GPUS_UNREADABLE where a vendor's tool does not tell. */
export function lookHere(config: Config, signal: AbortSignal): Promise<Inventory> {
  return lookAtMachine(nearestFolder(dataDirOf(config)), signal);
}

/** What leases may take of a machine, as the daemon would count it. */
export function roomOf(config: Config, inventory: Inventory): Capacity {
  return capacityOf(inventory, {
    cpuMillis: config.get("capacityCpuMillis") ?? null,
    memoryMiB: config.get("capacityMemoryMib") ?? null,
    storageMiB: config.get("capacityStorageMib") ?? null,
  });
}

/** What would be short if every place of these offers were taken. */
export function oversold(capacity: Capacity, offers: readonly Places[]): readonly Shortfall[] {
  return shortfalls(capacity, offers.map(wholeOf));
}

/** All places of an offer as one lease; more than can be counted exactly is more than any machine has. */
function wholeOf({ places, resources }: Places): Taken {
  const count = Number(places);
  return {
    cpuMillis: resources.cpuMillis * count,
    memoryMiB: resources.memoryMiB * count,
    storageMiB: resources.storageMiB * count,
    gpuCount: resources.gpuCount * count,
    gpuModel: resources.gpuModel,
  };
}

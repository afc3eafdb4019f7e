// SPDX-License-Identifier: Apache-2.0
import type { Capacity, Inventory } from "@berth/sdk/hardware";
import { shortfallText } from "@berth/sdk/hardware";
import type { Places } from "../flows/machine-room.ts";
import { oversold } from "../flows/machine-room.ts";
import type { Finding } from "./finding.ts";
import { ok, warning } from "./finding.ts";

/** What the machine has, with its GPUs by their canonical names. */
export function judgeInventory({ cpuMillis, memoryMiB, storageMiB, gpus }: Inventory): Finding {
  const check = "hardware";
  const models = [...new Set(gpus.map(({ model }) => model))];
  const counts = models.map((model) => `${gpus.filter((gpu) => gpu.model === model).length} x ${model}`);
  const has = `${cpuMillis / 1_000} cores, ${memoryMiB} MiB of memory, ${storageMiB} MiB of storage`;
  const says = [has, ...counts].join(", ");
  const faults = gpus.flatMap(({ uuid, fault }) => (fault === null ? [] : [`${uuid}: ${fault}`]));
  return faults.length === 0
    ? ok(check, says)
    : warning(check, `${says}; not given to leases: ${faults.join("; ")}`, "nvidia-smi -q");
}

/** Whether all places of the open offers could be taken at once. */
export function judgeCapacity(capacity: Capacity, offers: readonly Places[]): Finding {
  const check = "capacity";
  const short = oversold(capacity, offers).map(shortfallText);
  if (short.length === 0) return ok(check, "the machine has room for every place of your open offers");
  return warning(
    check,
    `your open offers have more places than the machine has room for (${short.join("; ")}): leases that do not fit are given back`,
    "berth provider set-capacity <offer> <leases>",
  );
}

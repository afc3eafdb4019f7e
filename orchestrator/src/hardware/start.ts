// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../config/config.ts";
import type { Machine } from "../machine.ts";
import type { Log } from "../ports/log.ts";
import { HardwareWatch } from "./watch.ts";

/** Milliseconds between two looks: each runs the vendors' tools. */
const INTERVAL = 30_000;

/** A watch over the machine that has looked once. */
export async function startHardware(
  parts: { readonly config: Config; readonly machine: Machine; readonly log: Log },
  signal: AbortSignal,
): Promise<HardwareWatch> {
  const { config, machine, log } = parts;
  const {
    capacityCpuMillis: cpuMillis,
    capacityMemoryMib: memoryMiB,
    capacityStorageMib: storageMiB,
  } = config;
  const watch = new HardwareWatch({
    look: (stop) => machine.look(config.dataDir, stop),
    limits: { cpuMillis, memoryMiB, storageMiB },
    clock: machine.clock,
    log,
    interval: INTERVAL,
  });
  await watch.look(signal);
  return watch;
}

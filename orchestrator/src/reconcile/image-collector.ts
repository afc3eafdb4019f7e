// SPDX-License-Identifier: Apache-2.0
import { failureOf } from "../domain/failure.ts";
import { usedPercent } from "../domain/image.ts";
import { DISK_EASED_PERCENT, DISK_FULL_PERCENT } from "../domain/judge-machine.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";

export interface CollectorParts {
  readonly runtime: Pick<ContainerRuntime, "disk" | "collectImages">;
  readonly journal: Pick<Journal, "imagePins">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks at the disk. */
const LOOK_EVERY = 60_000;

/** Removes images that no lease needs whenever the disk is full, until it is eased, and goes on so until the signal. */
export async function collectForEver(parts: CollectorParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await collectOnce(parts, signal);
    } catch (error) {
      if (!signal.aborted) parts.log.warn(failureOf(error), "images could not be looked through");
    }
    await parts.clock.sleep(LOOK_EVERY, signal).catch(() => undefined);
  }
}

/** Looks once; the pins that went. */
export async function collectOnce(
  { runtime, journal, log }: CollectorParts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const disk = await runtime.disk(signal);
  if (disk === null || usedPercent(disk) < DISK_FULL_PERCENT) return [];
  const isNeeded = (pin: string): boolean => journal.imagePins().includes(pin);
  const gone = await runtime.collectImages({ isNeeded, downTo: DISK_EASED_PERCENT }, signal);
  log.info(
    { images: gone, usedPercent: Math.floor(usedPercent(disk)) },
    "the disk is full: images were removed",
  );
  return gone;
}

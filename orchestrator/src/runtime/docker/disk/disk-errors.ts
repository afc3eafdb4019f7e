// SPDX-License-Identifier: Apache-2.0
import { PermanentError, RetryableError } from "@berth/sdk";

const MIB = 1024 * 1024;

/** A volume's file system holds what it holds: nothing of a tenant's is ever cut off. */
export function shrinks(volume: string, sizeMiB: number, wantedMiB: number): PermanentError {
  const message = `Volume ${volume} has ${sizeMiB} MiB and would get ${wantedMiB}: a volume can grow, and cannot shrink.`;
  return new PermanentError("E_VOLUME_SHRINK", message, {
    atRisk: "nothing of the data; the manifest is not run",
    next: "Write the volume's size, at least as large as it is, or a volume of another name.",
    facts: { volume, sizeMiB: String(sizeMiB), wantedMiB: String(wantedMiB) },
  });
}

export function exhausted(volume: string, wanted: number, room: number): RetryableError {
  const [wantedMiB, roomMiB] = [Math.ceil(wanted / MIB), Math.floor(room / MIB)];
  const message = `Volume ${volume} needs ${wantedMiB} MiB of disk, and ${roomMiB} MiB can be promised.`;
  return new RetryableError("E_STORAGE_EXHAUSTED", message, {
    atRisk: "the lease that asks for it; volumes that exist have their disk",
    next: "Free disk where the daemon's data folder is, or offer less storage.",
    facts: { volume, wantedMiB: String(wantedMiB), roomMiB: String(roomMiB) },
  });
}

/** The workload must not start without its data, and nothing is put in the data's place. */
export function damaged(volume: string, why: string, cause?: unknown): PermanentError {
  return new PermanentError("E_VOLUME_DAMAGED", `Volume ${volume} cannot be used: ${why}.`, {
    atRisk: "the data of the volume; it is left as it is, and the workload is not started",
    next: "Copy the volume's .img file in the data folder's `volumes`, then see to it with e2fsck.",
    facts: { volume },
    cause,
  });
}

/** The engine's volume is made after the file and removed before it: one without a file has lost its data. */
export function dataLost(volume: string): PermanentError {
  return damaged(volume, "its file is not in the data folder");
}

/** The kernel does not let go of it. */
export function held(volume: string, cause: unknown): RetryableError {
  return new RetryableError("E_VOLUME_BUSY", `The volume ${volume} is still mounted somewhere.`, {
    atRisk: "nothing; it stays, with all that is in it",
    next: "See with `fuser -vm` on its mount point in the data folder's `volumes` what holds it.",
    facts: { volume },
    cause,
  });
}

/** Its content is being replaced. */
export function replacing(volume: string): RetryableError {
  return new RetryableError("E_VOLUME_BUSY", `What is in volume ${volume} is being replaced.`, {
    atRisk: "nothing; the workload waits for it",
    next: "Wait for the import to end.",
    facts: { volume },
  });
}

export function failed(volume: string, cause: unknown): RetryableError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RetryableError("E_VOLUME_FAILED", `Volume ${volume} cannot be made ready: ${why}`, {
    atRisk: "the lease does not run yet; it will be tried again",
    next: "See what the program says; `losetup -a` shows the loop devices in use.",
    facts: { volume },
    cause,
  });
}

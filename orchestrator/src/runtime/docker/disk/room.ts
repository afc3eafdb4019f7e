// SPDX-License-Identifier: Apache-2.0

/** The disk that volumes are on, in bytes. */
export interface Disk {
  readonly free: number;
  /** What is promised to volumes and not taken from the free part yet. */
  readonly promised: number;
}

/** What stays free whatever is leased: for the daemon's journal, the engine's images, and the machine. */
export const RESERVE = 1024 ** 3;

/** Bytes that may still be promised. */
export function roomOf({ free, promised }: Disk): number {
  return Math.max(0, free - promised - RESERVE);
}

/** What a file of this size has not yet taken of the disk. */
export function promisedBy({
  size,
  allocated,
}: {
  readonly size: number;
  readonly allocated: number;
}): number {
  return Math.max(0, size - allocated);
}

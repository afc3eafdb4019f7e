// SPDX-License-Identifier: Apache-2.0

/** Bytes of the file beside the journal that is there only to be given up. */
export const BALLAST = 64 * 1024 ** 2;
/** Free bytes from which it is made: it must not itself be what fills the disk. */
export const ROOM_FOR_BALLAST = 4 * BALLAST;

export interface BallastSight {
  /** Bytes that the file has. */
  readonly held: number;
  /** Bytes that are free on its disk. */
  readonly free: number;
  /** True where the journal could not be written just now. */
  readonly isRefused: boolean;
}

/**
 * What to do about the ballast. It is given up where the journal cannot be written for want of room, and for nothing else: a journal that
 * cannot be written for another reason gains nothing by it. It is made, anew where it is there in part, while there is ample room.
 */
export function ballastStep({ held, free, isRefused }: BallastSight): "make" | "give up" | "leave" {
  if (isRefused) return held > 0 && free < BALLAST ? "give up" : "leave";
  return held < BALLAST && free >= ROOM_FOR_BALLAST ? "make" : "leave";
}

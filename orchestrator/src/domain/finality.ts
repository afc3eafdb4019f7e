// SPDX-License-Identifier: Apache-2.0

/** A block's place on its chain; the time in seconds since 1970, as the chain counts. */
export interface Place {
  readonly number: bigint;
  readonly timestamp: bigint;
}

/**
 * Whether nothing takes back the close of a lease that the acted-on block shows. The final block lies on the same chain: it shows a
 * lease closed that was closed before its time, and where it is no older than the acted-on block, whatever that one shows. Blocks
 * may share a time, so one of the final block's own time proves nothing. Not knowing what is final is no finality.
 */
export function isCloseFinal(closedAt: bigint, acted: Place, final: Place | null): boolean {
  if (final === null) return false;
  return final.number >= acted.number || closedAt < final.timestamp;
}

/**
 * Whether a lease that the acted-on block does not show will not come back. No chain forgets a lease, so the final block does not
 * show it either; that counts once it is later than the block in which the lease was first missed, since an earlier one may be
 * older than the lease.
 */
export function isAbsenceFinal(missedAt: bigint, final: Place | null): boolean {
  return final !== null && final.number > missedAt;
}

// SPDX-License-Identifier: Apache-2.0

/** How patience grows: the first wait, and the longest, in milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/**
 * Milliseconds to wait after that many failures in a row: doubled with each, capped, and spread by `random` (0 up to 1) over
 * the upper half, so that many waiters do not come back at once. 0 after none.
 */
export function backoffDelay({ first, longest }: Backoff, failures: number, random: number): number {
  if (failures <= 0) return 0;
  const whole = Math.min(longest, first * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole * (0.5 + random / 2));
}

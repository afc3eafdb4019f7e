// SPDX-License-Identifier: Apache-2.0

/**
 * Whether so many milliseconds have passed between two times of the machine's clock. A beginning that is yet to come shows that the clock
 * was set back since: how long it was is not known then, and it counts as long enough.
 */
export function hasElapsed(milliseconds: number, since: number, now: number): boolean {
  return now < since || now - since >= milliseconds;
}

// SPDX-License-Identifier: Apache-2.0

/** The middle of the figures; of an even number the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : rounded((high + (sorted[middle - 1] ?? Number.NaN)) / 2);
}

/** To two places. */
export function rounded(figure: number): number {
  return Math.round(figure * 100) / 100;
}

// SPDX-License-Identifier: Apache-2.0

const NEVER = "0001-01-01T00:00:00Z";

/** A time as the engine's objects tell it: RFC 3339 without zeros at the end of the fraction, and the year 1 for never. */
export function objectTime(milliseconds: number | null): string {
  if (milliseconds === null) return NEVER;
  return new Date(milliseconds).toISOString().replace(/\.?0*Z$/, "Z");
}

/** A time as the engine stamps a line of a log: nine digits of a fraction, always. */
export function logTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000000Z");
}

// SPDX-License-Identifier: Apache-2.0

/** The engine writes "never" as the first instant of the year 1. */
const NEVER = "0001-01-01T00:00:00Z";

/** Milliseconds since 1970 of one of the engine's times; null for "never" and for what is no time. */
export function parseTime(time: string): number | null {
  if (time === NEVER) return null;
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

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

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY_HOURS = 24;

/** A span of time as the engine's lists round it for people. */
export function spanText(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / SECOND);
  const minutes = Math.floor(milliseconds / MINUTE);
  if (seconds < 1) return "Less than a second";
  if (seconds < 60) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  if (minutes < 60) return minutes === 1 ? "About a minute" : `${minutes} minutes`;
  const hours = Math.floor(milliseconds / HOUR + 0.5);
  if (hours < 2 * DAY_HOURS) return hours === 1 ? "About an hour" : `${hours} hours`;
  return hours < 14 * DAY_HOURS
    ? `${Math.floor(hours / DAY_HOURS)} days`
    : `${Math.floor(hours / (7 * DAY_HOURS))} weeks`;
}

// SPDX-License-Identifier: Apache-2.0

/** The engine writes "never" as the first instant of the year 1. */
const NEVER = "0001-01-01T00:00:00Z";
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970 of one of the engine's times; null for "never" and for what is no time. */
export function parseTime(time: string): number | null {
  if (time === NEVER || !RFC_3339.test(time)) return null;
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** Whether the text is one of the engine's times, "never" among them. */
export function isTime(text: string): boolean {
  return text === NEVER || parseTime(text) !== null;
}

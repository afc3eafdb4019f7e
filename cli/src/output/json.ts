// SPDX-License-Identifier: Apache-2.0

/** One line of JSON: every bigint becomes a decimal string, since a reader's number would round it. */
export function jsonLine(value: unknown): string {
  const replace = (_key: string, item: unknown): unknown =>
    typeof item === "bigint" ? item.toString() : item;
  return JSON.stringify(value, replace);
}

/** JSON for a file that people read: indented, bigints as decimal strings, a line break at the end. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(JSON.parse(jsonLine(value)), null, 2)}\n`;
}

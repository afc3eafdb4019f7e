// SPDX-License-Identifier: Apache-2.0

/** How often each key comes, with 0 for those that do not: a figure that has gone is a zero, not a gap. */
export function countBy<Key extends string>(
  keys: readonly Key[],
  found: readonly Key[],
): ReadonlyMap<Key, number> {
  const counts = new Map(keys.map((key) => [key, 0]));
  for (const key of found) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

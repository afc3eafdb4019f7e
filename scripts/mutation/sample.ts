// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

/** `size` of the items, chosen by seed and id alone, in their own order; all where there are not more. */
export function sampleOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  size: number,
  seed: number,
): readonly Item[] {
  const lot = ({ id }: Item): string => createHash("sha256").update(`${seed}:${id}`).digest("hex");
  const drawn = items.map((item) => ({ item, lot: lot(item) })).sort((a, b) => (a.lot < b.lot ? -1 : 1));
  const chosen = new Set(drawn.slice(0, size).map(({ item }) => item));
  return items.filter((item) => chosen.has(item));
}

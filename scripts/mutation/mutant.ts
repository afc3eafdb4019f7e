// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { Span } from "./source-text.ts";

/** One mistake in one file. */
export interface Mutant {
  /** The same as long as the words and the function are the same, wherever they stand in the file. */
  readonly id: string;
  readonly operator: string;
  readonly file: string;
  /** The function, modifier or constant that it is in. */
  readonly place: string;
  readonly span: Span;
  readonly line: number;
  readonly original: string;
  readonly replacement: string;
  /** True in code that decides about money or authority. */
  readonly critical: boolean;
  /** External functions that come by here, for the order of the tests. */
  readonly reachedFrom: readonly string[];
}

/** What a name is made from. */
export type Identity = Pick<Mutant, "operator" | "file" | "place" | "original" | "replacement">;

/** A readable start and a digest of the words; `ordinal` tells equal words in one function apart. */
export function idOf(identity: Identity, ordinal: number): string {
  const { file, place, operator, original, replacement } = identity;
  const words = [original, replacement].map((text) => text.replace(/\s+/g, " "));
  const digest = createHash("sha256")
    .update(JSON.stringify([file, ...words, ordinal]))
    .digest("hex");
  return `${basename(file, ".sol")}.${place}.${operator}.${digest.slice(0, 10)}`;
}

/** The mutant in one line: `a <= b -> a < b`, long words cut. */
export function changeOf({ original, replacement }: Pick<Mutant, "original" | "replacement">): string {
  return [original, replacement].map(shortened).join(" -> ");
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 90 ? `${line.slice(0, 87)}...` : line;
}

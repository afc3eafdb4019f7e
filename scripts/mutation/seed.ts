// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

/** A known attack, put back into today's contract. */
export interface Seed {
  readonly name: string;
  /** What it lets somebody do, and what taught it: a rule of the specification, or a finding made elsewhere. */
  readonly attack: string;
  readonly file: string;
  /** Words that stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A seed's name among the results; another name when its words change. */
export function seedId({ name, file, find, replace }: Seed): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([file, find, replace]))
    .digest("hex");
  return `seed.${name}.${digest.slice(0, 10)}`;
}

/** The file with the attack in it. Throws where the words do not stand there exactly once. */
export function planted(seed: Seed, sources: Readonly<Record<string, string>>): string {
  const pieces = (sources[seed.file] ?? "").split(seed.find);
  const [before, after] = pieces;
  if (before === undefined || after === undefined || pieces.length !== 2) {
    const places = `${pieces.length - 1} places`;
    throw new Error(`seed ${seed.name} is stale: its words stand in ${places} of ${seed.file}`);
  }
  return before + seed.replace + after;
}

// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { addReach, type Reach } from "../lib/reach.ts";
import { type Part, piecesOf } from "./parts.ts";

/** One piece that ran, and how it ended. */
export interface Piece {
  readonly index: number;
  readonly seed: string;
  readonly amount: number;
  readonly seconds: number;
  readonly outcome: "passed" | "failed";
}

/** What ran of a part. */
export interface PartRecord {
  readonly done: number;
  /** What the whole part is. */
  readonly of: number;
  readonly unit: string;
  readonly cores: number;
  readonly node: string;
  readonly command: string;
  readonly reach?: Reach;
  readonly pieces: readonly Piece[];
}

/** Digests of what the parts try: the market's code, what the compiler says about its sources left out, and the daemon's. */
export type Codes = Readonly<Record<Part["of"], string>>;

/** What ran of the long programme against these codes. */
export interface DeepRecord {
  readonly codes: Codes;
  readonly parts: Readonly<Record<string, PartRecord>>;
}

/** What a file says about these codes; of a part that it tried with another one nothing ran. */
export function readRecord(
  path: string,
  codes: Codes,
  parts: readonly Pick<Part, "name" | "of">[],
): DeepRecord {
  if (!existsSync(path)) return { codes, parts: {} };
  const known = JSON.parse(readFileSync(path, "utf8")) as DeepRecord;
  const same = parts.filter((part) => known.codes[part.of] === codes[part.of]).map(({ name }) => name);
  return {
    codes,
    parts: Object.fromEntries(Object.entries(known.parts).filter(([name]) => same.includes(name))),
  };
}

export function writeRecord(path: string, record: DeepRecord): void {
  writeFileSync(path, `${JSON.stringify(record, null, 2)}\n`);
}

/** The record with one more piece; one that ran again replaces what it was. */
export function withPiece(record: DeepRecord, part: Part, piece: Piece, reach?: Reach): DeepRecord {
  const before = record.parts[part.name];
  const others = (before?.pieces ?? []).filter(({ index }) => index !== piece.index);
  const pieces = [...others, piece].sort((a, b) => a.index - b.index);
  const done = pieces
    .filter(({ outcome }) => outcome === "passed")
    .reduce((total, { amount }) => total + amount, 0);
  const reached = reach === undefined ? before?.reach : addReach(before?.reach, reach);
  const now: PartRecord = {
    done,
    of: part.total,
    unit: part.unit,
    cores: cpus().length,
    node: process.version,
    command: `npm run test:deep -- ${part.name}`,
    ...(reached === undefined ? {} : { reach: reached }),
    pieces,
  };
  return { ...record, parts: { ...record.parts, [part.name]: now } };
}

/** The pieces of a share of a part that have not passed yet. */
export function leftOf(record: DeepRecord, part: Part, share: number): readonly number[] {
  const passed = (record.parts[part.name]?.pieces ?? [])
    .filter(({ outcome }) => outcome === "passed")
    .map(({ index }) => index);
  return [...piecesOf(part, share).keys()].filter((index) => !passed.includes(index));
}

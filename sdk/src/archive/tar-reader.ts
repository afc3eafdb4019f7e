// SPDX-License-Identifier: Apache-2.0
import { badArchive } from "./archive-errors.ts";
import { ByteSource } from "./byte-source.ts";
import { applyRecords, parseRecords, type Records } from "./pax.ts";
import {
  BLOCK,
  checksumOf,
  FIELD,
  paddingOf,
  TYPE_FLAGS,
  type EntryKind,
  type TarEntry,
} from "./tar-entry.ts";

/** An entry as it is met: its content is read, to its end, before the next one is asked for. */
export interface ReadEntry extends TarEntry {
  /** Its header as it stood in the archive, with all that belongs to it. */
  readonly header: Uint8Array;
  readonly content: () => AsyncGenerator<Uint8Array>;
}

/** Longest extended header, in bytes: it holds a path and the path of a link at most. */
const LONGEST_RECORDS = 65_536;
const PIECE = 65_536;
const KINDS: Readonly<Record<string, EntryKind>> = {
  ...Object.fromEntries(Object.entries(TYPE_FLAGS).map(([kind, flag]) => [flag, kind as EntryKind])),
  "\0": "file",
};
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The entries of a tar archive, in ustar or pax form, one after the other. UserError E_VOLUME_ARCHIVE for whatever is torn or no
 * archive; nothing is ever skipped.
 */
export async function* readTar(stream: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEntry> {
  const source = new ByteSource(stream);
  try {
    for (let entry = await nextEntry(source); entry !== null; entry = await nextEntry(source)) {
      const reading = { isOver: entry.size === 0 };
      const { size } = entry;
      yield { ...entry, content: () => contentOf(source, size, reading) };
      if (!reading.isOver) for await (const _ of contentOf(source, size, reading));
    }
  } finally {
    await source.close();
  }
}

async function nextEntry(source: ByteSource): Promise<Omit<ReadEntry, "content"> | null> {
  const headers: Uint8Array[] = [];
  let records: Records = {};
  for (;;) {
    const block = await source.exactly(BLOCK);
    if (block === null) throw badArchive("it ends without its end mark");
    if (block.every((byte) => byte === 0)) {
      await requireEnd(source, headers.length === 0);
      return null;
    }
    headers.push(block);
    const { flag, entry } = parseHeader(block);
    if (flag !== "x") return { ...applyRecords(entry, records), header: joined(headers) };
    const text = await longHeader(source, entry.size, headers);
    records = { ...records, ...parseRecords(text) };
  }
}

async function longHeader(source: ByteSource, size: number, headers: Uint8Array[]): Promise<Uint8Array> {
  if (size > LONGEST_RECORDS || headers.length > 2) throw badArchive("an extended header is too long");
  const bytes = await source.exactly(size + paddingOf(size));
  if (bytes === null) throw badArchive("it ends in the middle");
  headers.push(bytes);
  return bytes.subarray(0, size);
}

/** The end mark is two blocks of zeros; more of them may follow, and nothing else. */
async function requireEnd(source: ByteSource, isBetween: boolean): Promise<void> {
  if (!isBetween) throw badArchive("it ends in the middle");
  let zeros = 0;
  for (let part = await source.some(PIECE); part !== null; part = await source.some(PIECE)) {
    if (part.some((byte) => byte !== 0)) throw badArchive("something follows its end mark");
    zeros += part.length;
  }
  if (zeros < BLOCK) throw badArchive("its end mark is torn");
}

async function* contentOf(
  source: ByteSource,
  size: number,
  reading: { isOver: boolean },
): AsyncGenerator<Uint8Array> {
  let left = size;
  while (left > 0) {
    const part = await source.some(Math.min(left, PIECE));
    if (part === null) throw badArchive("it ends in the middle");
    left -= part.length;
    yield part;
  }
  const padding = await source.exactly(paddingOf(size));
  if (padding === null && paddingOf(size) > 0) throw badArchive("it ends in the middle");
  if (padding?.some((byte) => byte !== 0) === true) throw badArchive("there are bytes between its entries");
  reading.isOver = true;
}

function parseHeader(block: Uint8Array): { readonly flag: string; readonly entry: TarEntry } {
  if (checksumOf(block) !== numberIn(block, "checksum"))
    throw badArchive("a header of it is torn or altered");
  if (!textIn(block, "magic").startsWith("ustar")) throw badArchive("it is no tar archive");
  const flag = String.fromCharCode(block[FIELD.type[0]] ?? 0);
  const kind = KINDS[flag] ?? "other";
  const prefix = textIn(block, "prefix");
  const name = textIn(block, "name");
  const path = (prefix === "" ? name : `${prefix}/${name}`).replace(/\/$/, "");
  return {
    flag,
    entry: {
      path,
      kind,
      mode: numberIn(block, "mode") & 0o7777,
      uid: numberIn(block, "uid"),
      gid: numberIn(block, "gid"),
      modifiedAt: numberIn(block, "modifiedAt"),
      size: kind === "file" || flag === "x" || kind === "other" ? numberIn(block, "size") : 0,
      target: textIn(block, "target"),
    },
  };
}

function textIn(block: Uint8Array, field: keyof typeof FIELD): string {
  const [at, length] = FIELD[field];
  const bytes = block.subarray(at, at + length);
  const end = bytes.indexOf(0);
  try {
    return strict.decode(end === -1 ? bytes : bytes.subarray(0, end));
  } catch {
    throw badArchive("a name in it is no UTF-8 text");
  }
}

/** Octal digits, or a binary number whose first bit is set. */
function numberIn(block: Uint8Array, field: keyof typeof FIELD): number {
  const [at, length] = FIELD[field];
  const bytes = block.subarray(at, at + length);
  const first = bytes[0] ?? 0;
  if ((first & 0x80) !== 0) return binaryIn(bytes);
  const text = textIn(block, field).trim();
  if (!/^[0-7]{0,12}$/.test(text)) throw badArchive("a number in it is none");
  return text === "" ? 0 : parseInt(text, 8);
}

function binaryIn(bytes: Uint8Array): number {
  const value = bytes.reduce((sum, byte, index) => sum * 256n + BigInt(index === 0 ? byte & 0x7f : byte), 0n);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw badArchive("a number in it is too large");
  return Number(value);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

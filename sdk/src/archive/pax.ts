// SPDX-License-Identifier: Apache-2.0
import { badArchive } from "./archive-errors.ts";
import type { TarEntry } from "./tar-entry.ts";

/** What an extended header says, by keyword. */
export type Records = Readonly<Record<string, string>>;

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const SPACE = 32;
const LINE_END = 10;
/** Keywords that mean something here, and what the text of each must look like. */
const MEANT: Readonly<Record<string, RegExp>> = {
  path: /^[^\0]+$/s,
  linkpath: /^[^\0]+$/s,
  size: /^\d{1,15}$/,
  uid: /^\d{1,10}$/,
  gid: /^\d{1,10}$/,
  mtime: /^-?\d{1,15}(\.\d+)?$/,
};

/** Reads `length keyword=value` lines. Keywords of others, such as extended attributes, are read over. */
export function parseRecords(bytes: Uint8Array): Records {
  const records: [string, string][] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(SPACE, at);
    const length = Number(decoded(bytes.subarray(at, space)));
    const isWhole = space > at && Number.isInteger(length) && length > 0 && at + length <= bytes.length;
    if (!isWhole || bytes[at + length - 1] !== LINE_END) throw badArchive("an extended header of it is torn");
    const line = bytes.subarray(space + 1, at + length - 1);
    const sign = line.indexOf("=".charCodeAt(0));
    if (sign < 1) throw badArchive("an extended header of it is torn");
    const keyword = decoded(line.subarray(0, sign));
    if (Object.hasOwn(MEANT, keyword)) records.push([keyword, decoded(line.subarray(sign + 1))]);
    at += length;
  }
  return Object.fromEntries(records.map(([keyword, value]) => [keyword, checked(keyword, value)]));
}

/** The entry with what its extended header says in the place of what its own says. */
export function applyRecords(entry: TarEntry, records: Records): TarEntry {
  const numberOf = (keyword: string, otherwise: number): number =>
    records[keyword] === undefined ? otherwise : Math.floor(Number(records[keyword]));
  return {
    ...entry,
    path: (records["path"] ?? entry.path).replace(/\/$/, ""),
    target: records["linkpath"] ?? entry.target,
    size: entry.kind === "file" ? numberOf("size", entry.size) : entry.size,
    uid: numberOf("uid", entry.uid),
    gid: numberOf("gid", entry.gid),
    modifiedAt: numberOf("mtime", entry.modifiedAt),
  };
}

/** Extended header of these records, as it stands in an archive after its own header. */
export function writeRecords(records: Records): Uint8Array {
  const lines = Object.entries(records).map(([keyword, value]) => {
    const rest = ` ${keyword}=${value}\n`;
    const bytes = encoder.encode(rest).length;
    let length = bytes + String(bytes).length;
    if (String(length).length + bytes !== length) length = bytes + String(length).length;
    return `${length}${rest}`;
  });
  return encoder.encode(lines.join(""));
}

function checked(keyword: string, value: string): string {
  if (MEANT[keyword]?.test(value) === true) return value;
  throw badArchive(`its ${keyword} of an entry is none`);
}

function decoded(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw badArchive("a name in it is no UTF-8 text");
  }
}

// SPDX-License-Identifier: Apache-2.0
import { writeRecords } from "./pax.ts";
import { BLOCK, checksumOf, FIELD, paddingOf, TYPE_FLAGS, type TarEntry } from "./tar-entry.ts";

const encoder = new TextEncoder();
const END_MARK = 2 * BLOCK;
const RADIX = 8;

/** Header of an entry; with an extended one before it where the plain one has no room for what it says. */
export function writeHeader(entry: TarEntry): Uint8Array {
  const path = entry.kind === "folder" ? `${entry.path}/` : entry.path;
  const { records, plain } = fitted({ ...entry, path });
  const flag = entry.kind === "other" ? "0" : TYPE_FLAGS[entry.kind];
  const own = block(plain, flag);
  if (Object.keys(records).length === 0) return own;
  const text = writeRecords(records);
  const said = { ...plain, path: "PaxHeader", target: "", size: text.length };
  const whole = new Uint8Array(2 * BLOCK + text.length + paddingOf(text.length));
  whole.set(block(said, "x"), 0);
  whole.set(text, BLOCK);
  whole.set(own, whole.length - BLOCK);
  return whole;
}

/** Zeros after an entry's content. */
export function writePadding(size: number): Uint8Array {
  return new Uint8Array(paddingOf(size));
}

export function writeEnd(): Uint8Array {
  return new Uint8Array(END_MARK);
}

/** What fits a plain header, and the records for what does not. */
function fitted(entry: TarEntry): { readonly records: Record<string, string>; readonly plain: TarEntry } {
  const records: Record<string, string> = {};
  const text = (key: "path" | "target", keyword: string, field: readonly [number, number]): string => {
    const value = entry[key];
    if (encoder.encode(value).length <= field[1] && !/[^\x20-\x7e]/.test(value)) return value;
    records[keyword] = value;
    return "long";
  };
  const number = (key: "size" | "uid" | "gid", field: readonly [number, number]): number => {
    if (entry[key] < RADIX ** (field[1] - 1)) return entry[key];
    records[key] = String(entry[key]);
    return 0;
  };
  const plain: TarEntry = {
    ...entry,
    path: text("path", "path", FIELD.name),
    target: text("target", "linkpath", FIELD.target),
    size: number("size", FIELD.size),
    uid: number("uid", FIELD.uid),
    gid: number("gid", FIELD.gid),
    modifiedAt: Math.min(Math.max(0, entry.modifiedAt), RADIX ** 11 - 1),
  };
  return { records, plain };
}

function block(entry: TarEntry, flag: string): Uint8Array {
  const bytes = new Uint8Array(BLOCK);
  const put = (field: keyof typeof FIELD, text: string): void =>
    bytes.set(encoder.encode(text), FIELD[field][0]);
  const octal = (field: keyof typeof FIELD, value: number): void =>
    put(field, value.toString(RADIX).padStart(FIELD[field][1] - 1, "0"));
  put("name", entry.path);
  octal("mode", entry.mode);
  octal("uid", entry.uid);
  octal("gid", entry.gid);
  octal("size", entry.size);
  octal("modifiedAt", entry.modifiedAt);
  put("type", flag);
  put("target", entry.target);
  put("magic", "ustar\0" + "00");
  put("checksum", `${checksumOf(bytes).toString(RADIX).padStart(6, "0")}\0 `);
  return bytes;
}

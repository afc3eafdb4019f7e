// SPDX-License-Identifier: Apache-2.0
import { InvariantError } from "@berth/sdk";

/** One entry of an archive; the same entries always give the same bytes (every time stamp is 1970). */
export interface TarEntry {
  /** At most 100 bytes. */
  readonly name: string;
  readonly type: "file" | "directory" | "symlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Contents of a file, target of a symbolic link; null for a directory. */
  readonly content: Buffer | string | null;
}

/** What `readTarHeader` tells of an entry. */
export interface TarHeader {
  readonly isDirectory: boolean;
  readonly uid: number;
  readonly gid: number;
}

/** Size of a header, and the unit that contents are padded to. */
export const TAR_BLOCK = 512;

const TYPE_FLAGS = { file: "0", symlink: "2", directory: "5" } as const;
const UID_AT = 108;
const GID_AT = 116;
const TYPE_AT = 156;
const MAGIC_AT = 257;
const MAGIC = "ustar";
const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;
const ID_LENGTH = 8;
const MAX_OCTAL_ID = 0o7777777;
const BASE_256 = 0x80;

/** A ustar archive, as the engine takes it for images and for files of a container. */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(encode), Buffer.alloc(2 * TAR_BLOCK)]);
}

/** Whether the bytes begin with an entry of an archive. */
export function isTar(bytes: Buffer): boolean {
  return bytes.toString("latin1", MAGIC_AT, MAGIC_AT + MAGIC.length) === MAGIC;
}

/** Kind and owner out of a header block; null at the end of the archive. */
export function readTarHeader(block: Buffer): TarHeader | null {
  if (block.every((byte) => byte === 0)) return null;
  const isDirectory = block.toString("latin1", TYPE_AT, TYPE_AT + 1) === TYPE_FLAGS.directory;
  return { isDirectory, uid: readId(block, UID_AT), gid: readId(block, GID_AT) };
}

function encode(entry: TarEntry): Buffer[] {
  const content = entry.type === "file" ? Buffer.from(entry.content ?? "") : Buffer.alloc(0);
  const padding = Buffer.alloc((TAR_BLOCK - (content.length % TAR_BLOCK)) % TAR_BLOCK);
  return [header(entry, content.length), content, padding];
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  put(block, 0, 100, entry.name);
  put(block, 100, 8, octal(entry.mode, 8));
  putId(block, UID_AT, entry.uid);
  putId(block, GID_AT, entry.gid);
  put(block, 124, 12, octal(size, 12));
  put(block, 136, 12, octal(0, 12));
  put(block, CHECKSUM_AT, CHECKSUM_LENGTH, " ".repeat(CHECKSUM_LENGTH));
  put(block, TYPE_AT, 1, TYPE_FLAGS[entry.type]);
  put(block, 157, 100, entry.type === "symlink" ? String(entry.content) : "");
  put(block, MAGIC_AT, 8, `${MAGIC}\x0000`);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, CHECKSUM_AT, CHECKSUM_LENGTH, `${octal(sum, 7)}\0 `);
  return block;
}

/** Ids above 21 bits take the base-256 form, marked by the first bit. */
function putId(block: Buffer, at: number, id: number): void {
  if (id <= MAX_OCTAL_ID) return put(block, at, ID_LENGTH, octal(id, ID_LENGTH));
  block.writeUInt8(BASE_256, at);
  block.writeUInt32BE(id, at + ID_LENGTH - 4);
}

function readId(block: Buffer, at: number): number {
  if ((block.readUInt8(at) & BASE_256) !== 0) return block.readUInt32BE(at + ID_LENGTH - 4);
  return parseInt(block.toString("latin1", at, at + ID_LENGTH), 8);
}

function octal(value: number, length: number): string {
  return value.toString(8).padStart(length - 1, "0");
}

function put(block: Buffer, at: number, length: number, text: string): void {
  if (Buffer.byteLength(text) > length) {
    throw new InvariantError("E_TAR_FIELD", `"${text}" does not fit a tar header's ${length} bytes.`, {
      atRisk: "nothing",
      next: "Use a shorter name or a smaller number.",
    });
  }
  block.write(text, at);
}

// SPDX-License-Identifier: Apache-2.0

export type EntryKind = "file" | "folder" | "symlink" | "hardlink" | "other";

/** What an entry of a tar archive says of itself. */
export interface TarEntry {
  /** Without a slash at its end. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Permission bits, set-id and sticky bits included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, whole. */
  readonly modifiedAt: number;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  /** Where a link points; empty for all others. */
  readonly target: string;
}

export const BLOCK = 512;
export const TYPE_FLAGS: Readonly<Record<Exclude<EntryKind, "other">, string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  folder: "5",
};

/** Places of the fields in a header block. */
export const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  modifiedAt: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  target: [157, 100],
  magic: [257, 6],
  prefix: [345, 155],
} as const satisfies Readonly<Record<string, readonly [at: number, length: number]>>;

/** Zeros after so many bytes of content. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** Sum of a header's bytes, its own place counted as blanks. */
export function checksumOf(block: Uint8Array): number {
  const [at, length] = FIELD.checksum;
  return block.reduce((sum, byte, index) => sum + (index >= at && index < at + length ? 32 : byte), 0);
}

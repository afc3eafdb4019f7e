// SPDX-License-Identifier: Apache-2.0
import { checksumOf, FIELD, type TarEntry } from "./tar-entry.ts";
import { writeEnd, writeHeader, writePadding } from "./tar-writer.ts";

/** An entry to put into an archive, allowed or not. */
export interface Made extends TarEntry {
  readonly content: Uint8Array;
  /** In the place of the entry's own type; null leaves that. */
  readonly flag: string | null;
}

type Changes = Partial<Omit<Made, "content">> & { readonly content?: string | Uint8Array };

export function entryOf(path: string, { content = "", ...changes }: Changes): Made {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    ...{ path, kind: "file", mode: 0o644, uid: 0, gid: 0, modifiedAt: 0, target: "", flag: null },
    ...changes,
    content: bytes,
    size: bytes.length,
  };
}

export function archiveOf(entries: readonly Made[]): Uint8Array {
  const parts = entries.flatMap((entry) => [headerOf(entry), entry.content, writePadding(entry.size)]);
  return Buffer.concat([...parts, writeEnd()]);
}

export async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function headerOf(entry: Made): Uint8Array {
  const header = writeHeader(entry);
  if (entry.flag === null) return header;
  const own = header.subarray(header.length - 512);
  own[FIELD.type[0]] = entry.flag.charCodeAt(0);
  const digits = checksumOf(own).toString(8).padStart(6, "0");
  own.set(new TextEncoder().encode(`${digits}\0 `), FIELD.checksum[0]);
  return header;
}

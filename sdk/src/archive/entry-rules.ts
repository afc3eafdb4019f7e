// SPDX-License-Identifier: Apache-2.0
import { badArchive } from "./archive-errors.ts";
import type { EntryKind, TarEntry } from "./tar-entry.ts";

/** Folder that all of a volume lies in, inside an archive. */
export const ROOT = "data";
/** Most entries of an archive: what its list of checksums may take. */
export const MAX_ENTRIES = 200_000;
/** Most bytes of all paths in an archive and of all that links in it point to: whoever reads one has to remember them. */
export const MAX_NAMES = 64 * 1024 ** 2;

const MAX_PATH = 4_095;
const MAX_SEGMENT = 255;
const MAX_ID = 2 ** 31 - 1;
const MAX_MODE = 0o7777;
const encoder = new TextEncoder();

/**
 * What may stand in an archive, told entry by entry: everything in the folder `data`, each folder before what is in it, files, folders
 * and links alone, nothing twice, nothing through a link, and no more names than a reader can remember. UserError E_VOLUME_ARCHIVE.
 */
export class EntryRules {
  readonly #kinds = new Map<string, EntryKind>();
  #names = 0;

  get count(): number {
    return this.#kinds.size;
  }

  /** Lets the entry pass, and remembers it. */
  admit(entry: TarEntry): void {
    const { path, kind } = entry;
    if (this.count >= MAX_ENTRIES) throw badArchive(`it has more than ${MAX_ENTRIES} entries`);
    requirePath(path);
    const shown = JSON.stringify(path);
    if (this.#kinds.has(path)) throw badArchive(`${shown} is in it twice`);
    const isRoot = path === ROOT;
    if (isRoot ? kind !== "folder" : this.#kinds.get(parentOf(path)) !== "folder")
      throw badArchive(`${shown} is not in a folder of the archive`);
    if (kind === "other") throw badArchive(`${shown} is neither a file, a folder nor a link`);
    this.#requireTarget(entry, shown);
    const isNumbered =
      [entry.uid, entry.gid].every((id) => id >= 0 && id <= MAX_ID) && entry.mode <= MAX_MODE;
    if (!isNumbered) throw badArchive(`${shown} has an owner or a mode that does not exist`);
    this.#names += bytesOf(path) + bytesOf(entry.target);
    if (this.#names > MAX_NAMES) throw badArchive(`the names in it have more than ${MAX_NAMES} bytes`);
    this.#kinds.set(path, kind);
  }

  #requireTarget({ kind, target }: TarEntry, shown: string): void {
    if (kind === "symlink" && (target === "" || bytesOf(target) > MAX_PATH || target.includes("\0")))
      throw badArchive(`${shown} is a link to nowhere`);
    if (kind === "hardlink" && this.#kinds.get(target) !== "file")
      throw badArchive(`${shown} is a link to what is no file before it`);
  }
}

function requirePath(path: string): void {
  const segments = path.split("/");
  const isNormal = segments[0] === ROOT && segments.every((segment) => !["", ".", ".."].includes(segment));
  if (!isNormal || path.includes("\0"))
    throw badArchive(`${JSON.stringify(path.slice(0, 100))} is no path in it`);
  if (bytesOf(path) > MAX_PATH || segments.some((segment) => bytesOf(segment) > MAX_SEGMENT))
    throw badArchive("a name in it is longer than a file system takes");
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { badArchive } from "./archive-errors.ts";
import { EntryRules } from "./entry-rules.ts";
import { paddingOf, type TarEntry } from "./tar-entry.ts";
import { readTar, type ReadEntry } from "./tar-reader.ts";
import { writeEnd, writeHeader, writePadding } from "./tar-writer.ts";

/** A running SHA-256; Node's `createHash("sha256")` is one. */
export interface RunningHash {
  update(bytes: Uint8Array): unknown;
  digest(encoding: "hex"): string;
}

export type NewHash = () => RunningHash;

/** What an archive holds, by its own checksums. */
export interface VolumeListing {
  /** What each entry is, by path: the SHA-256 of a file, where a link points, nothing for a folder. */
  readonly entries: ReadonlyMap<string, string>;
  readonly files: number;
  /** Bytes of all files. */
  readonly bytes: number;
}

/** Last entry of an archive: the checksums of all before it. */
export const SEAL = "berth-archive.json";

/** In an archive, the number of the lease's own user: the one of its services that name none, who has another in each lease. */
export const OWN_USER = 65_534;

/** Begins what is listed of a further name of a file. */
const LINKED = "hardlink ";
const LONGEST_SEAL = 128 * 1024 * 1024;
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const sealSchema = z.strictObject({
  format: z.literal("berth-volume"),
  version: z.literal(1),
  /** Of everything before this entry. */
  sha256: hex,
  entries: z.int(),
  /** Path and SHA-256 of each file, in the archive's order. */
  files: z.array(z.tuple([z.string(), hex])),
});

type Seal = z.output<typeof sealSchema>;

/**
 * Turns an engine's archive of a volume into one that can be checked: the same entries, written in one way alone, and at the end the
 * SHA-256 of each file and of the whole. What belongs to the lease's own user, whose number here is `own`, is OWN_USER's in it. Sockets,
 * pipes and devices cannot be kept: `leftOut` is told their paths.
 */
export async function* packVolume(
  archive: AsyncIterable<Uint8Array>,
  newHash: NewHash,
  leftOut: (path: string) => void = () => undefined,
  own: number = OWN_USER,
): AsyncGenerator<Uint8Array> {
  const rules = new EntryRules();
  const whole = newHash();
  const files: [string, string][] = [];
  for await (const entry of readTar(archive)) {
    if (entry.kind === "other") {
      leftOut(entry.path);
      continue;
    }
    rules.admit(entry);
    const hash = newHash();
    for await (const piece of encoded(given(entry, own, OWN_USER), hash)) {
      whole.update(piece);
      yield piece;
    }
    if (entry.kind === "file") files.push([entry.path, hash.digest("hex")]);
  }
  const sha256 = whole.digest("hex");
  const seal = { format: "berth-volume", version: 1, sha256, entries: rules.count, files };
  const text = new TextEncoder().encode(JSON.stringify(seal));
  yield writeHeader({ ...SEAL_ENTRY, size: text.length });
  yield text;
  yield writePadding(text.length);
  yield writeEnd();
}

/**
 * Reads an archive to its end and answers what it holds, if each checksum is right and each entry allowed. UserError E_VOLUME_ARCHIVE
 * for one that is torn, altered, or holds what it must not.
 */
export async function verifyVolumeArchive(
  archive: AsyncIterable<Uint8Array>,
  newHash: NewHash,
): Promise<VolumeListing> {
  const listing = new Listing(newHash);
  const whole = newHash();
  let seal: Seal | null = null;
  for await (const entry of readTar(archive)) {
    if (seal !== null) throw badArchive("something follows its checksums");
    if (entry.path === SEAL && entry.kind === "file") {
      seal = await readSeal(entry);
      continue;
    }
    whole.update(entry.header);
    await listing.take(entry, (piece) => whole.update(piece));
    whole.update(writePadding(entry.size));
  }
  if (seal === null) throw badArchive("it has no checksums: it is torn, or not of a volume");
  requireSealed(listing, whole.digest("hex"), seal);
  return listing;
}

function requireSealed(listing: VolumeListing, sha256: string, seal: Seal): void {
  if (sha256 !== seal.sha256 || seal.entries !== listing.entries.size)
    throw badArchive("it is not what was exported: its checksum differs");
  const isListed = seal.files.length === listing.files;
  if (!isListed || seal.files.some(([path, sum]) => listing.entries.get(path) !== `file ${sum}`))
    throw badArchive("a file in it is not what was exported: its checksum differs");
}

/**
 * An archive without its checksums, its entries written anew: what is unpacked is never the archive that came in. What is OWN_USER's in
 * it is given to `own`.
 */
export async function* contentOf(
  archive: AsyncIterable<Uint8Array>,
  own: number = OWN_USER,
): AsyncGenerator<Uint8Array> {
  const rules = new EntryRules();
  for await (const entry of readTar(archive)) {
    if (entry.path === SEAL) continue;
    rules.admit(entry);
    yield* encoded(given(entry, OWN_USER, own), null);
  }
  yield writeEnd();
}

/** The entry, with what is one user's or group's given to another. */
function given(entry: ReadEntry, from: number, to: number): ReadEntry {
  const swapped = (id: number): number => (id === from ? to : id);
  return { ...entry, uid: swapped(entry.uid), gid: swapped(entry.gid) };
}

/** Whether what was written, by an archive without checksums, is what the listing says. UserError E_VOLUME_ARCHIVE otherwise. */
export async function requireWritten(
  written: AsyncIterable<Uint8Array>,
  expected: VolumeListing,
  newHash: NewHash,
): Promise<void> {
  const found = new Listing(newHash);
  for await (const entry of readTar(written)) await found.take(entry, () => undefined);
  for (const path of expected.entries.keys()) {
    if (meaningOf(found, path) !== meaningOf(expected, path))
      throw badArchive(`${JSON.stringify(path)} was not written as it is in it`);
  }
  if (found.entries.size !== expected.entries.size) throw badArchive("more was written than is in it");
}

/** What an entry comes to: of several names of one file, it is the file system's choice which is told as the file. */
function meaningOf({ entries }: VolumeListing, path: string): string | undefined {
  const what = entries.get(path);
  return what?.startsWith(LINKED) === true ? entries.get(what.slice(LINKED.length)) : what;
}

class Listing implements VolumeListing {
  readonly entries = new Map<string, string>();
  files = 0;
  bytes = 0;
  readonly #rules = new EntryRules();
  readonly #newHash: NewHash;

  constructor(newHash: NewHash) {
    this.#newHash = newHash;
  }

  async take(entry: ReadEntry, seen: (piece: Uint8Array) => void): Promise<void> {
    this.#rules.admit(entry);
    const hash = this.#newHash();
    for await (const piece of entry.content()) {
      hash.update(piece);
      seen(piece);
    }
    const { path, kind, target, size } = entry;
    if (kind === "file") {
      this.files += 1;
      this.bytes += size;
    }
    const said = kind === "file" ? hash.digest("hex") : target;
    this.entries.set(path, `${kind} ${said}`.trimEnd());
  }
}

const SEAL_ENTRY: TarEntry = {
  path: SEAL,
  kind: "file",
  mode: 0o644,
  uid: 0,
  gid: 0,
  modifiedAt: 0,
  size: 0,
  target: "",
};

async function readSeal(entry: ReadEntry): Promise<Seal> {
  if (entry.size > LONGEST_SEAL) throw badArchive("its list of checksums is too long");
  const bytes = new Uint8Array(entry.size);
  let at = 0;
  for await (const piece of entry.content()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  try {
    return sealSchema.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw badArchive("its list of checksums cannot be read");
  }
}

/** Entry, content and padding as they stand in an archive of ours; the content goes through the hash. */
async function* encoded(entry: ReadEntry, hash: RunningHash | null): AsyncGenerator<Uint8Array> {
  yield writeHeader(entry);
  for await (const piece of entry.content()) {
    hash?.update(piece);
    yield piece;
  }
  if (paddingOf(entry.size) > 0) yield writePadding(entry.size);
}

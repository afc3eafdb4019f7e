// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm, stat, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { storageFull, uploadElsewhere, uploadNotWhole, uploadTooLarge } from "./refusals.ts";

/** An archive that a tenant sends piece by piece, known by what it will be. */
export interface UploadKey {
  readonly leaseId: LeaseId;
  /** The volume's name in the manifest. */
  readonly volume: string;
  /** SHA-256 of the whole archive, in hex. */
  readonly sha256: string;
}

/** Disk that no upload may take. */
const RESERVE = 1024 ** 3;
/** Milliseconds for which an upload that nobody goes on with is kept. */
const KEPT_FOR = 24 * 60 * 60_000;
/** Milliseconds between two looks for those. */
const LOOK_EVERY = 60 * 60_000;
/** What the system says of a disk that is full. */
const FULL = ["ENOSPC", "EDQUOT"];

/**
 * Archives on their way in. One of each volume at most; what is here is only bytes, which nobody looks into before the last one is
 * there, and nobody ever unpacks on this machine. A file's time is that of its last piece by the clock that nobody can set.
 */
export class Uploads {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #busy = new Set<string>();

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Bytes that are here; 0 of one that never began. */
  async received(key: UploadKey): Promise<number> {
    return (await stat(this.#path(key)).catch(nothingThere))?.size ?? 0;
  }

  /** Takes in the next piece; answers the bytes that are here then. UserError E_UPLOAD_OFFSET for a piece that is not the next. */
  async append(key: UploadKey, offset: number, bytes: Uint8Array, most: number): Promise<number> {
    return this.#alone(key, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#dropRivals(key);
      const there = await this.received(key);
      if (offset !== there) throw uploadElsewhere(there);
      if (there + bytes.length > most) throw uploadTooLarge(most);
      await this.#requireRoom(bytes.length);
      await this.#write(this.#path(key), bytes);
      return there + bytes.length;
    });
  }

  /** Gives the whole archive to the work, and forgets it once that has gone well. UserError E_UPLOAD_NOT_WHOLE for one that is not it. */
  async use(key: UploadKey, work: (read: () => AsyncIterable<Uint8Array>) => Promise<void>): Promise<void> {
    await this.#alone(key, async () => {
      const path = this.#path(key);
      const read = (): AsyncIterable<Uint8Array> => createReadStream(path);
      if ((await this.received(key)) === 0) throw uploadNotWhole();
      const hash = createHash("sha256");
      for await (const piece of read()) hash.update(piece);
      if (hash.digest("hex") !== key.sha256) {
        await rm(path, { force: true });
        throw uploadNotWhole();
      }
      await work(read);
      await rm(path, { force: true });
    });
  }

  /** Takes away what nobody goes on with, now and as time goes on, until the signal. */
  async clearForEver(log: Log, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.clear().catch((error: unknown) =>
        log.warn(failureOf(error), "uploads could not be cleared"),
      );
      await this.#clock.sleep(LOOK_EVERY, signal).catch(() => undefined);
    }
  }

  /** Takes away what nobody goes on with. One from a time that is yet to come, by a clock that was ahead, is taken for new. */
  async clear(): Promise<void> {
    for (const name of await this.#names()) {
      const path = join(this.#folder, name);
      await this.#unlessBusy(path, async () => {
        const found = await stat(path).catch(nothingThere);
        const age = found === null ? 0 : this.#clock.monotonic() - found.mtimeMs;
        if (age > KEPT_FOR) await rm(path, { force: true });
        else if (age < 0) await this.#stamp(path);
      });
    }
  }

  /** Takes away an earlier archive for the same volume. */
  async #dropRivals(key: UploadKey): Promise<void> {
    const names = await this.#names();
    const rivals = names.filter((name) => name.startsWith(`${key.leaseId}.${key.volume}.`));
    const paths = rivals.map((name) => join(this.#folder, name)).filter((path) => path !== this.#path(key));
    for (const path of paths) await this.#unlessBusy(path, () => rm(path, { force: true }));
  }

  async #names(): Promise<readonly string[]> {
    return (await readdir(this.#folder).catch(nothingThere)) ?? [];
  }

  /** What a full disk has taken of the piece stays: the sender goes on after it. */
  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, "a", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } catch (error) {
      throw FULL.includes(codeOf(error)) ? storageFull() : error;
    } finally {
      await file.close();
    }
    await this.#stamp(path);
  }

  async #stamp(path: string): Promise<void> {
    const time = this.#clock.monotonic() / 1_000;
    await utimes(path, time, time);
  }

  async #requireRoom(wanted: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize - wanted < RESERVE) throw storageFull();
  }

  async #alone<T>(key: UploadKey, work: () => Promise<T>): Promise<T> {
    const path = this.#path(key);
    if (this.#busy.has(path)) throw uploadElsewhere(await this.received(key));
    return this.#holding(path, work);
  }

  async #unlessBusy(path: string, work: () => Promise<void>): Promise<void> {
    if (!this.#busy.has(path)) await this.#holding(path, work);
  }

  async #holding<T>(path: string, work: () => Promise<T>): Promise<T> {
    this.#busy.add(path);
    try {
      return await work();
    } finally {
      this.#busy.delete(path);
    }
  }

  #path({ leaseId, volume, sha256 }: UploadKey): string {
    return join(this.#folder, `${leaseId}.${volume}.${sha256}`);
  }
}

function nothingThere(error: unknown): null {
  if (codeOf(error) === "ENOENT") return null;
  throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { LeaseId } from "../domain/identity.ts";
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

/**
 * Archives on their way in. One of each volume at most; what is here is only bytes, which nobody looks into before the last one is
 * there, and nobody ever unpacks on this machine.
 */
export class Uploads {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #busy = new Set<string>();

  /** `now` in milliseconds since 1970. */
  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Bytes that are here; 0 of one that never began. */
  async received(key: UploadKey): Promise<number> {
    return (await stat(this.#path(key)).catch(() => null))?.size ?? 0;
  }

  /** Takes in the next piece; answers the bytes that are here then. UserError E_UPLOAD_OFFSET for a piece that is not the next. */
  async append(key: UploadKey, offset: number, bytes: Uint8Array, most: number): Promise<number> {
    return this.#alone(key, async () => {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await this.#sweep(key);
      const there = await this.received(key);
      if (offset !== there) throw uploadElsewhere(there);
      if (there + bytes.length > most) throw uploadTooLarge(most);
      await this.#requireRoom(bytes.length);
      const file = await open(this.#path(key), "a", 0o600);
      try {
        await file.write(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
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

  /** Takes away what nobody goes on with, and an earlier archive for the same volume. */
  async #sweep(key: UploadKey): Promise<void> {
    const rival = `${key.leaseId}.${key.volume}.`;
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => null);
      const isOld = found !== null && this.#now() - found.mtimeMs > KEPT_FOR;
      const isRival = name.startsWith(rival) && path !== this.#path(key) && !this.#busy.has(path);
      if (isOld || isRival) await rm(path, { force: true });
    }
  }

  async #requireRoom(wanted: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize - wanted < RESERVE) throw storageFull();
  }

  async #alone<T>(key: UploadKey, work: () => Promise<T>): Promise<T> {
    const path = this.#path(key);
    if (this.#busy.has(path)) throw uploadElsewhere(await this.received(key));
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

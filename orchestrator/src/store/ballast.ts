// SPDX-License-Identifier: Apache-2.0
import { randomFillSync } from "node:crypto";
import { closeSync, openSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { BALLAST, ballastStep } from "../domain/ballast.ts";

const PIECE = 1024 ** 2;
const OWNER_ONLY = 0o600;

/** A file beside the journal that has disk for it: a disk that others filled has room for the journal once it is given up. */
export class Ballast {
  readonly #path: string;

  constructor(journal: string) {
    this.#path = `${journal}.ballast`;
  }

  /** Makes it where it is not and there is ample room; whether it is there. */
  keep(): boolean {
    if (ballastStep({ held: this.#held(), free: this.#free(), isRefused: false }) === "make") this.#make();
    return this.#held() >= BALLAST;
  }

  /** Gives it up after a write that was refused; true where that made room. */
  giveUp(): boolean {
    if (ballastStep({ held: this.#held(), free: this.#free(), isRefused: true }) !== "give up") return false;
    rmSync(this.#path, { force: true });
    return true;
  }

  /** Of bytes that no file system can write in less; one that a crash cuts short is made anew, so that nobody waits for the disk. */
  #make(): void {
    const file = openSync(this.#path, "w", OWNER_ONLY);
    try {
      for (let written = 0; written < BALLAST; written += PIECE)
        writeFileSync(file, randomFillSync(new Uint8Array(PIECE)));
    } catch (error) {
      rmSync(this.#path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  }

  #held(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  #free(): number {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize;
  }
}

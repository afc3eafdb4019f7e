// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MIB = 1024 * 1024;

/** A disk of a test's own: a file with ext4 on it, so that nobody else fills it or makes room on it. */
export class LoopDisk {
  readonly folder: string;
  readonly #home: string;

  constructor(sizeMiB: number) {
    this.#home = mkdtempSync(join(tmpdir(), "berth-disk-"));
    this.folder = mkdtempSync(join(this.#home, "mount-"));
    const image = join(this.#home, "disk.img");
    writeFileSync(image, "");
    truncateSync(image, sizeMiB * MIB);
    execFileSync("mkfs.ext4", ["-q", "-m", "0", image]);
    execFileSync("mount", ["-o", "loop", image, this.folder]);
  }

  /** Lazily, because this process keeps the log of an engine open that stood on it; the kernel lets go of the disk when that is closed. */
  takeDown(): void {
    execFileSync("umount", ["--lazy", this.folder]);
    rmSync(this.#home, { recursive: true });
  }
}

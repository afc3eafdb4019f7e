// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { parseMountTable } from "./mount-table.ts";

/** Skips where no loop device can be had: it needs Linux, root and e2fsprogs. Fails there when the engine's tests are required. */
export function requireLoops(context: Context): void {
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  if (isRoot && existsSync("/dev/loop-control") && spawnSync("mkfs.ext4", ["-V"]).status === 0) return;
  if (process.env["BERTH_REQUIRE_DOCKER"] === "1")
    throw new Error("volumes need root, loop devices, e2fsprogs");
  context.skip();
}

/** A folder for volumes that leaves no mount and no loop device, whatever becomes of the test. */
export class VolumeFolder {
  readonly path = mkdtempSync(join(tmpdir(), "berth-volumes-"));
  readonly #onExit = (): void => this.takeDown();

  constructor() {
    process.once("exit", this.#onExit);
  }

  /** What is mounted in it. */
  mounts(): readonly string[] {
    const table = parseMountTable(readFileSync("/proc/self/mountinfo", "utf8"));
    return table.map(({ path }) => path).filter((path) => path.startsWith(`${this.path}/`));
  }

  /** Its files that a loop device shows. */
  loops(): readonly string[] {
    const { stdout } = spawnSync("losetup", ["--noheadings", "--output", "BACK-FILE"], { encoding: "utf8" });
    return stdout.split("\n").filter((line) => line.trim().startsWith(`${this.path}/`));
  }

  /** As after a restart of the machine: nothing is mounted any more. */
  loseMounts(): void {
    for (const mount of [...this.mounts()].reverse()) spawnSync("umount", [mount]);
  }

  takeDown(): void {
    process.removeListener("exit", this.#onExit);
    for (const mount of [...this.mounts()].reverse()) spawnSync("umount", ["-l", mount]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

// SPDX-License-Identifier: Apache-2.0
import { chown, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Owner } from "../owner.ts";
import { run } from "./programs.ts";

/** The folder of a volume's file system that a workload sees: not its root, which is there before anything is mounted. */
export const DATA = "data";

/** Begins the name of a folder that only lives while a file is made. */
export const SCRATCH = "tree-";

const MIB = 1024 * 1024;
/** One file for so many bytes of a volume: what bounds its number of files. */
const BYTES_PER_INODE = 16_384;

/**
 * Makes a file of this size that has all its disk, with an ext4 in it that holds nothing but an empty folder of this owner's. The
 * file system never tells the disk what it does not need: a file would give up what is reserved for it. One that cannot be made whole
 * is taken away again: nobody would look for the disk that it has.
 */
export async function makeImageFile(
  path: string,
  sizeMiB: number,
  owner: Owner,
  signal: AbortSignal,
): Promise<void> {
  await rm(path, { force: true });
  try {
    await reserve(path, sizeMiB, signal);
    await format(path, owner, signal);
    await flush(path);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function format(path: string, owner: Owner, signal: AbortSignal): Promise<void> {
  const tree = await mkdtemp(join(dirname(path), SCRATCH));
  try {
    await mkdir(join(tree, DATA), { mode: 0o755 });
    await chown(join(tree, DATA), owner.uid, owner.gid);
    const bounds = ["-m", "0", "-b", "4096", "-i", String(BYTES_PER_INODE)];
    const manner = ["-q", "-F", "-E", "nodiscard,root_owner=0:0", "-d", tree];
    await run("mkfs.ext4", [...manner, ...bounds, path], signal);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** Gives the file all the disk of this size; a file that has it is left as it is. */
export async function reserve(path: string, sizeMiB: number, signal: AbortSignal): Promise<void> {
  await run("fallocate", ["--length", String(sizeMiB * MIB), path], signal);
}

/** Has the disk hold what the file holds. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, rm, rmdir, stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { damaged, held } from "./disk-errors.ts";
import { fileSystemSize } from "./superblock.ts";
import { parseMountTable, type Mounted } from "./mount-table.ts";
import { ProgramFailure, run } from "./programs.ts";

/** An image file and where it is mounted. */
export interface Place {
  readonly volume: string;
  readonly image: string;
  readonly mountPoint: string;
}

/** Bytes of a block: a file that is larger than its file system by less has not grown. */
const BLOCK = 4_096;
/** Bits of e2fsck's exit code that say that a person must see to it. */
const FSCK_GIVES_UP = ~(1 | 2);
/** The loop device lets go of the file by itself with the last mount, whatever becomes of this process. */
const OPTIONS = "nodev,nosuid,noatime,errors=remount-ro";
/** Looks for a device that is to vanish, and the milliseconds between two. */
const LOOKS = 10;
const LOOK_EVERY = 50;
/** Mounts over each other that a daemon which died may have left. */
const MOST_LAYERS = 8;

/**
 * Mounts the image, unless it is, on a loop device that nobody has to remember. Its file system is checked before, and takes up what
 * the file has grown by; where it is in use and this process may not let it grow (that takes CAP_SYS_RESOURCE), it does so when it
 * is mounted the next time. PermanentError E_VOLUME_DAMAGED.
 */
export async function mountImage(place: Place, signal: AbortSignal): Promise<void> {
  const { image, mountPoint } = place;
  const found = await mountedAt(mountPoint);
  if (found !== undefined) {
    await requireOwn(place, found);
    if (await takesUpGrowth(found.source, signal)) return;
    if (!(await succeeds(run("umount", [mountPoint], signal)))) return;
  }
  await mkdir(mountPoint, { recursive: true, mode: 0o700 });
  const device = await deviceInUse(image);
  if (device === null) {
    await check(place, signal);
    await growUnmounted(image, signal);
    await run("mount", ["-t", "ext4", "-o", `loop,${OPTIONS}`, image, mountPoint], signal);
  } else {
    await run("mount", ["-t", "ext4", "-o", OPTIONS, device, mountPoint], signal);
  }
  const mounted = await mountedAt(mountPoint);
  if (mounted === undefined) throw damaged(place.volume, "it was mounted and is not there");
  await requireOwn(place, mounted);
}

/** Takes the image down, if it is mounted, and its mount point away. RetryableError E_VOLUME_BUSY while something holds it. */
export async function unmountImage({ volume, mountPoint }: Place, signal: AbortSignal): Promise<void> {
  for (let layer = 0; layer < MOST_LAYERS && (await mountedAt(mountPoint)) !== undefined; layer += 1) {
    await run("umount", [mountPoint], signal).catch((error: unknown) => {
      if (error instanceof ProgramFailure) throw held(volume, error);
      throw error;
    });
  }
  await rmdir(mountPoint).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw held(volume, error);
  });
}

/**
 * As `unmountImage`, and nobody else has it either: whoever got its folder from this mount, as the engine does for a container or a
 * copy, keeps the file system after it. RetryableError E_VOLUME_BUSY then.
 */
export async function requireLetGo(place: Place, signal: AbortSignal): Promise<void> {
  await unmountImage(place, signal);
  const device = await deviceInUse(place.image);
  if (device !== null) throw held(place.volume, new Error(`${device} shows its file still`));
}

/** What is mounted on top at this path. */
export async function mountedAt(path: string): Promise<Mounted | undefined> {
  const table = parseMountTable(await readFile("/proc/self/mountinfo", "utf8"));
  return table.findLast((mounted) => mounted.path === path);
}

/** Takes the file away, if it is there. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function requireOwn({ volume, image, mountPoint }: Place, { type, source }: Mounted): Promise<void> {
  if (type === "ext4" && (await backingFile(source)) === image) return;
  throw damaged(volume, `something else is mounted at ${mountPoint}`);
}

/** Lets a file system in use grow to its file's size; false where that is not allowed. */
async function takesUpGrowth(device: string, signal: AbortSignal): Promise<boolean> {
  await run("losetup", ["--set-capacity", device], signal);
  return succeeds(run("resize2fs", [device], signal));
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof ProgramFailure) return false;
    throw error;
  }
}

async function growUnmounted(image: string, signal: AbortSignal): Promise<void> {
  const { size } = await stat(image);
  if ((await fileSystemSize(image)) + BLOCK > size) return;
  await run("e2fsck", ["-f", "-p", image], signal).catch((error: unknown) => {
    if (!(error instanceof ProgramFailure) || error.code === null || (error.code & FSCK_GIVES_UP) !== 0)
      throw error;
  });
  await run("resize2fs", [image], signal);
}

async function check({ volume, image }: Place, signal: AbortSignal): Promise<void> {
  await run("e2fsck", ["-p", image], signal).catch((error: unknown) => {
    if (!(error instanceof ProgramFailure) || error.code === null) throw error;
    if ((error.code & FSCK_GIVES_UP) !== 0) throw damaged(volume, "its file system is broken", error);
  });
}

/**
 * The loop device that shows the file: something has its file system mounted still, and it must be neither checked nor shown by a
 * second device. Null where there is none; one that has just been let go of gets a moment to vanish.
 */
async function deviceInUse(image: string): Promise<string | null> {
  for (let look = 0; ; look += 1) {
    const names = (await readdir("/sys/block")).filter((name) => /^loop\d+$/.test(name));
    const files = await Promise.all(names.map((name) => backingFile(name)));
    const name = names[files.indexOf(image)];
    if (name === undefined) return null;
    if (look === LOOKS) return `/dev/${name}`;
    await delay(LOOK_EVERY);
  }
}

/** The file that a loop device shows; null where it is none. */
async function backingFile(device: string): Promise<string | null> {
  const path = `/sys/block/${basename(device)}/loop/backing_file`;
  const text = await readFile(path, "utf8").catch(() => null);
  return text?.trimEnd() ?? null;
}

// SPDX-License-Identifier: Apache-2.0
import { statfs } from "node:fs/promises";
import type { DiskUse } from "../../../domain/image.ts";
import { isEngineInfo } from "../answers.ts";
import { ask } from "../ask.ts";
import type { Engine } from "../client.ts";
import { get } from "../get.ts";

/** Reads how full the disk of a folder is; null where this machine does not have the folder. */
export type DiskReader = (folder: string) => Promise<DiskUse | null>;

/** The disk that the engine keeps everything on; null where the daemon does not see it, as with an engine on another machine. */
export async function engineDisk(
  { engine, disk }: { readonly engine: Engine; readonly disk: DiskReader },
  signal: AbortSignal,
): Promise<DiskUse | null> {
  return disk(await engineRoot(engine, signal));
}

/** The folder that the engine keeps everything in. */
export async function engineRoot(engine: Engine, signal: AbortSignal): Promise<string> {
  const { DockerRootDir } = await ask(engine, {
    what: "ask where it keeps its data",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<{ readonly DockerRootDir: string }>(engine, "/info", abortSignal),
    check: isEngineInfo,
  });
  return DockerRootDir;
}

export const readDisk: DiskReader = async (folder) => {
  try {
    const { blocks, bfree, bavail, bsize } = await statfs(folder);
    return { totalBytes: (blocks - bfree + bavail) * bsize, freeBytes: bavail * bsize };
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isAbsent) return null;
    throw error;
  }
};

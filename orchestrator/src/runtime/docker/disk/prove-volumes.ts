// SPDX-License-Identifier: Apache-2.0
import { readdir } from "node:fs/promises";
import { BerthError, PermanentError } from "@berth/sdk";
import type { MarketIdentity } from "../../../domain/identity.ts";
import { marketLabels } from "../../../domain/names.ts";
import { ask } from "../ask.ts";
import type { DockerContext } from "../context.ts";
import { EMPTY_IMAGE, ensureEmptyImage } from "../empty-image.ts";
import { firstOwner } from "../first-owner.ts";
import { createHelper, type HelperContainer } from "../helper-container.ts";
import { tar } from "../tar.ts";
import type { VolumeStore } from "./volume-store.ts";

const MIB = 1024 * 1024;
const SIZE_MIB = 16;
const MARK = "seen";
const CODE = "E_VOLUME_QUOTA_IMPOSSIBLE";
const NO_SPACE = /no space left on device/i;

/** Name of what is made for the proof alone; no lease's object has such a one. */
export function proofName({ chainId, market }: MarketIdentity): string {
  return `berth-${chainId}-${market.slice(2, 10).toLowerCase()}-proof`;
}

/**
 * Tries on this machine what leases are promised: makes a volume of 16 MiB, has the engine write into it, looks whether that is
 * where it should be, and has it write more than fits. PermanentError E_VOLUME_QUOTA_IMPOSSIBLE; RetryableError where the engine
 * does not answer, or the disk is full.
 */
export async function proveVolumes(
  context: DockerContext,
  store: VolumeStore,
  signal: AbortSignal,
): Promise<void> {
  const name = proofName(context.identity);
  try {
    await clear(context, store, name, signal);
    await ensureEmptyImage(context.engine, signal);
    await store.ensure({ name, sizeMiB: SIZE_MIB }, await firstOwner(context.engine, signal), signal);
    await proveOne(context, store.dataPath(name), name, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw isTelling(error) ? error : impossible(wordsOf(error), error);
  } finally {
    await clear(context, store, name, new AbortController().signal).catch(() => undefined);
  }
}

async function proveOne(
  context: DockerContext,
  folder: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine, identity } = context;
  const mounts: HelperContainer["mounts"] = [{ Type: "bind", Source: folder, Target: "/data" }];
  await createHelper(engine, { name, image: EMPTY_IMAGE, labels: marketLabels(identity), mounts }, signal);
  if ((await write(context, name, 1, signal)) !== "written")
    throw impossible("the engine cannot write into one");
  if (!(await readdir(folder)).includes(MARK))
    throw impossible("the engine does not see this machine's mounts");
  if ((await write(context, name, 2 * SIZE_MIB * MIB, signal)) !== "full")
    throw impossible("the engine wrote more into one than fits");
}

/** Whether the error says what it is itself: the engine is away, the disk is full, or the bound was proved to be none. */
function isTelling(error: unknown): boolean {
  if (!(error instanceof BerthError)) return false;
  return error.code === CODE || (error.retryable && error.code !== "E_VOLUME_FAILED");
}

function impossible(why: string, cause?: unknown): PermanentError {
  return new PermanentError(CODE, `Volumes with a size cannot be had on this machine: ${why}.`, {
    atRisk: "nothing: the daemon does not start; what runs goes on",
    next: "Run the daemon as root beside the engine, on Linux, with e2fsprogs, util-linux and loop devices; or say BERTH_VOLUME_QUOTA=none and let tenants fill your disk.",
    cause,
  });
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

async function write(
  { engine }: DockerContext,
  name: string,
  bytes: number,
  signal: AbortSignal,
): Promise<"written" | "full"> {
  const content = Buffer.alloc(bytes, 1);
  const archive = tar([{ name: `data/${MARK}`, type: "file", mode: 0o600, uid: 0, gid: 0, content }]);
  return ask(engine, {
    what: `write ${bytes} bytes into a volume of ${SIZE_MIB} MiB`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      await engine.docker.getContainer(name).putArchive(archive, { path: "/", abortSignal });
      return "written" as const;
    },
    otherwise: (refusal) => {
      if (NO_SPACE.test(refusal.message)) return "full" as const;
      throw impossible(`the engine says: ${refusal.message.trim()}`, refusal.cause);
    },
  });
}

async function clear(
  { engine }: DockerContext,
  store: VolumeStore,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await ask(engine, {
    what: `remove container ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getContainer(name).remove({ force: true, abortSignal }),
    outcomes: { 404: () => undefined },
  });
  await store.remove(name, signal);
}

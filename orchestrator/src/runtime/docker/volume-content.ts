// SPDX-License-Identifier: Apache-2.0
import { Readable } from "node:stream";
import { RetryableError, UserError } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { leaseLabels, volumeName } from "../../domain/names.ts";
import type { VolumeContent } from "../../ports/container-runtime.ts";
import { busy, gone } from "../runtime-errors.ts";
import { ask, askStream } from "./ask.ts";
import { inspectAll } from "./containers.ts";
import type { DockerContext } from "./context.ts";
import type { VolumeStore } from "./disk/volume-store.ts";
import { EMPTY_IMAGE, ensureEmptyImage } from "./empty-image.ts";
import { refused } from "./errors.ts";
import { firstOwner } from "./first-owner.ts";
import { createHelper } from "./helper-container.ts";
import { contentHelperName, removeHelper, type ContentTask } from "./volume-helper.ts";
import { attachVolume, findVolume, isBoundTo } from "./volumes.ts";

type Mount = NonNullable<Dockerode.HostConfig["Mounts"]>[number];

/** A helper container: what it is made for, and whose volume it has at /data. */
interface Helper {
  readonly leaseId: LeaseId;
  readonly name: string;
  readonly mount: Mount;
}

const DATA = "/data";
/** Milliseconds for the whole of a volume. */
const TRANSFER_LIMIT = 6 * 60 * 60_000;
const NO_SPACE = /no space left on device/i;

/** All that is in the volume, read through a helper that has nothing but it and is never started. Ends whoever reads it already. */
export async function* readVolume(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const found = await findVolume(context, leaseId, volume, signal);
  if (found === null) throw gone("volume", volumeName(context.identity, leaseId, volume));
  await attachVolume(context, found.Name, signal);
  const mount: Mount = { Type: "volume", Source: found.Name, Target: DATA, ReadOnly: true };
  const helper = helperOf("reader", leaseId, found.Name, mount);
  yield* context.reads.through(found.Name, signal, (until) => readOut(context, helper, until));
}

/**
 * Unpacks the archive into a fresh file system beside the volume's, inside a helper container that has nothing else, reads it back to
 * the check, and puts it in the place of the volume's.
 */
export async function replaceVolume(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  content: VolumeContent,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const { name, store } = await replaceable(context, leaseId, volume, signal);
  await requireRest(context, name, signal);
  const stage = await store.stage(name, await firstOwner(engine, signal), signal);
  try {
    const mount: Mount = { Type: "bind", Source: stage.data, Target: DATA };
    await takeIn(context, helperOf("taker", leaseId, name, mount), content.archive(), signal);
    const checker = helperOf("checker", leaseId, name, { ...mount, ReadOnly: true });
    await content.check(readOut(context, checker, signal));
    await requireRest(context, name, signal);
    await stage.take(signal);
  } finally {
    await stage.drop(new AbortController().signal);
  }
}

async function replaceable(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly store: VolumeStore }> {
  const { store, identity } = context;
  const found = await findVolume(context, leaseId, volume, signal);
  if (found === null) throw gone("volume", volumeName(identity, leaseId, volume));
  if (store !== undefined && isBoundTo(found, store.dataPath(found.Name))) return { name: found.Name, store };
  throw new UserError("E_VOLUME_NOT_REPLACEABLE", `Volume ${volume} cannot be imported into.`, {
    atRisk: "nothing: the volume is as it was",
    next: "Use a provider that bounds volumes (BERTH_VOLUME_QUOTA=ext4): only those can be swapped in one step.",
    facts: { volume },
  });
}

/** RetryableError E_VOLUME_BUSY while a container runs that has the volume. */
async function requireRest(context: DockerContext, name: string, signal: AbortSignal): Promise<void> {
  const containers = await inspectAll(context, signal);
  const users = containers.filter(({ Mounts }) => Mounts.some((mount) => mount.Name === name));
  if (users.some(({ State }) => State.Running)) throw busy("volume", name);
}

function helperOf(task: ContentTask, leaseId: LeaseId, volume: string, mount: Mount): Helper {
  return { leaseId, name: contentHelperName(task, volume), mount };
}

async function* readOut(
  context: DockerContext,
  helper: Helper,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { engine } = context;
  const id = await makeHelper(context, helper, signal);
  try {
    const stream = await askStream(engine, {
      what: `read ${helper.name}`,
      limitMs: engine.deadlines.change,
      signal,
      run: (abortSignal) => engine.docker.getContainer(id).getArchive({ path: DATA, abortSignal }),
    });
    for await (const chunk of stream as AsyncIterable<unknown>) {
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Error && "code" in error && !("atRisk" in error) ? cutOff(helper, error) : error;
  } finally {
    await removeHelper(context, helper.leaseId, id, new AbortController().signal);
  }
}

async function takeIn(
  context: DockerContext,
  helper: Helper,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const id = await makeHelper(context, helper, signal);
  const source = Readable.from(archive, { objectMode: false });
  let broken: unknown = null;
  source.once("error", (error) => {
    broken = error;
  });
  try {
    await ask(engine, {
      what: `fill ${helper.name}`,
      limitMs: TRANSFER_LIMIT,
      signal,
      run: (abortSignal) => engine.docker.getContainer(id).putArchive(source, { path: "/", abortSignal }),
      otherwise: (refusal) => {
        throw NO_SPACE.test(refusal.message) ? tooSmall(helper) : refused(`fill ${helper.name}`, refusal);
      },
    });
  } catch (error) {
    throw broken ?? error;
  } finally {
    source.destroy();
    await removeHelper(context, helper.leaseId, id, new AbortController().signal);
  }
}

/** Makes it anew: one that an earlier attempt left, or works with still, goes. */
async function makeHelper(
  context: DockerContext,
  { leaseId, name, mount }: Helper,
  signal: AbortSignal,
): Promise<string> {
  const { engine, identity } = context;
  await removeHelper(context, leaseId, name, signal);
  await ensureEmptyImage(engine, signal);
  const labels = leaseLabels(identity, leaseId);
  return createHelper(engine, { name, image: EMPTY_IMAGE, labels, mounts: [mount] }, signal);
}

function tooSmall({ name }: Helper): UserError {
  return new UserError("E_VOLUME_TOO_SMALL", "What is to be imported does not fit the volume.", {
    atRisk: "nothing: the volume is as it was",
    next: "Let the volume grow (x-berth: size) and deploy the manifest anew, or import less.",
    facts: { helper: name },
  });
}

function cutOff({ name }: Helper, cause: unknown): RetryableError {
  return new RetryableError("E_VOLUME_UNREADABLE", `Reading through ${name} was cut off.`, {
    atRisk: "nothing: the volume is as it was",
    next: "Try again.",
    cause,
  });
}

// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { volumeLabels, volumeName } from "../../domain/names.ts";
import type { VolumeSpec } from "../../domain/workload.ts";
import type { Creation } from "../../ports/container-runtime.ts";
import { busy, foreign, gone } from "../runtime-errors.ts";
import { isVolume, isVolumeList } from "./answers.ts";
import { ask } from "./ask.ts";
import type { Engine } from "./client.ts";
import { carries, labelFilter, safeName, type DockerContext } from "./context.ts";
import { dataLost } from "./disk/disk-errors.ts";
import type { VolumeStore } from "./disk/volume-store.ts";
import { firstOwner } from "./first-owner.ts";
import { deviceOptions } from "./volume-device.ts";
import { removeVolumeHelpers } from "./volume-helper.ts";

type Volume = Dockerode.VolumeInspectInfo;

/**
 * Creates the named volume, or adopts the one that has its name and labels; where volumes are bounded, its file system is made or grown
 * before. PermanentError E_FOREIGN_OBJECT when something else has its name: the engine itself would hand that out as if it were new.
 */
export async function createVolume(
  context: DockerContext,
  leaseId: LeaseId,
  { name: volume, sizeMiB }: VolumeSpec,
  signal: AbortSignal,
): Promise<Creation> {
  const { engine, identity, store } = context;
  const name = volumeName(identity, leaseId, volume);
  const found = await findVolume(context, leaseId, volume, signal);
  const isBounded = store !== undefined && (await isToBeBounded(store, name, found));
  if (isBounded && found !== null && (await store.find(name)) === null) throw dataLost(name);
  if (isBounded) await store.ensure({ name, sizeMiB }, await firstOwner(engine, signal), signal);
  if (found !== null) return "exists";
  const labels = volumeLabels(identity, leaseId, volume);
  const options = isBounded ? deviceOptions(store.dataPath(name)) : {};
  await ask(engine, {
    what: `create volume ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) =>
      engine.docker.createVolume({
        Name: name,
        Driver: "local",
        DriverOpts: options,
        Labels: labels,
        abortSignal,
      }),
  });
  if ((await findVolume(context, leaseId, volume, signal)) === null) throw gone("volume", name);
  return "created";
}

/** One that is there without a bound stays so: its data is where the engine put it. */
async function isToBeBounded(store: VolumeStore, name: string, found: Volume | null): Promise<boolean> {
  if (found !== null) return isBoundTo(found, store.dataPath(name));
  return store.quota === "ext4" || (await store.find(name)) !== null;
}

/** Whether the engine's volume is this folder. */
export function isBoundTo({ Options }: Volume, path: string): boolean {
  const told: Readonly<Record<string, string>> | null = Options;
  return told?.["device"] === path;
}

/** Mounts the file system of a volume that the engine is about to use; a volume without one of its own is left as it is. */
export async function attachVolume(context: DockerContext, name: string, signal: AbortSignal): Promise<void> {
  const { engine, store } = context;
  if (store === undefined) return;
  const found = await inspectVolume(engine, name, signal);
  if (found !== null && isBoundTo(found, store.dataPath(name))) await store.attach(name, signal);
}

/** Removes the volume and its data, and what is left of one that is there in part. RetryableError E_VOLUME_BUSY while a container has it mounted. */
export async function removeVolume(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine, store } = context;
  const found = await findVolume(context, leaseId, volume, signal);
  const name = volumeName(context.identity, leaseId, volume);
  if (found !== null) {
    context.reads.end(name);
    await removeVolumeHelpers(context, leaseId, name, signal);
    await ask(engine, {
      what: `remove volume ${name}`,
      limitMs: engine.deadlines.change,
      signal,
      run: (abortSignal) => engine.docker.getVolume(name).remove({ abortSignal }),
      outcomes: {
        404: () => undefined,
        409: ({ cause }) => {
          throw busy("volume", name, cause);
        },
      },
    });
  }
  if (store !== undefined && (await store.find(name)) !== null) await store.remove(name, signal);
}

/** The engine's volumes that carry these labels. */
export async function listVolumes(
  context: DockerContext,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly Volume[]> {
  const { engine } = context;
  const { Volumes } = await ask(engine, {
    what: "list volumes",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.listVolumes({ filters: labelFilter(labels), abortSignal }),
    check: isVolumeList,
  });
  return Volumes ?? [];
}

/** The lease's volume as the engine has it; null when it has none. PermanentError E_FOREIGN_OBJECT. */
export async function findVolume(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<Volume | null> {
  const { engine, identity } = context;
  const name = volumeName(identity, leaseId, volume);
  const found = await inspectVolume(engine, name, signal);
  if (found !== null && !carries(found.Labels, volumeLabels(identity, leaseId, volume)))
    throw foreign("volume", name);
  return found;
}

async function inspectVolume(
  engine: Engine,
  nameOrPath: string,
  signal: AbortSignal,
): Promise<Volume | null> {
  const name = safeName(nameOrPath);
  return ask(engine, {
    what: `inspect volume ${name}`,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.getVolume(name).inspect({ abortSignal }),
    check: isVolume,
    outcomes: { 404: () => null },
  });
}

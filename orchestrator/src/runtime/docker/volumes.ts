// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { volumeLabels, volumeName } from "../../domain/names.ts";
import type { Creation } from "../../ports/container-runtime.ts";
import { busy, foreign, gone } from "../runtime-errors.ts";
import { isVolume, isVolumeList } from "./answers.ts";
import { ask } from "./ask.ts";
import { carries, labelFilter, safeName, type DockerContext } from "./context.ts";
import { removeVolumeHelper } from "./volume-helper.ts";

type Volume = Dockerode.VolumeInspectInfo;

/**
 * Creates the named volume, or adopts the one that has its name and labels. PermanentError E_FOREIGN_OBJECT when something else
 * has its name: the engine itself would hand that out as if it were new.
 */
export async function createVolume(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<Creation> {
  const { engine, identity } = context;
  if ((await findVolume(context, leaseId, volume, signal)) !== null) return "exists";
  const name = volumeName(identity, leaseId, volume);
  const labels = volumeLabels(identity, leaseId, volume);
  await ask(engine, {
    what: `create volume ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) =>
      engine.docker.createVolume({ Name: name, Driver: "local", Labels: labels, abortSignal }),
  });
  if ((await findVolume(context, leaseId, volume, signal)) === null) throw gone("volume", name);
  return "created";
}

/** Removes the volume and its data. RetryableError E_VOLUME_BUSY while a container has it mounted. */
export async function removeVolume(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const found = await findVolume(context, leaseId, volume, signal);
  if (found === null) return;
  await removeVolumeHelper(context, leaseId, found.Name, signal);
  await ask(engine, {
    what: `remove volume ${found.Name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getVolume(found.Name).remove({ abortSignal }),
    outcomes: {
      404: () => undefined,
      409: ({ cause }) => {
        throw busy("volume", found.Name, cause);
      },
    },
  });
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

async function findVolume(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<Volume | null> {
  const { engine, identity } = context;
  const name = safeName(volumeName(identity, leaseId, volume));
  const found = await ask(engine, {
    what: `inspect volume ${name}`,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => engine.docker.getVolume(name).inspect({ abortSignal }),
    check: isVolume,
    outcomes: { 404: () => null },
  });
  if (found !== null && !carries(found.Labels, volumeLabels(identity, leaseId, volume)))
    throw foreign("volume", name);
  return found;
}

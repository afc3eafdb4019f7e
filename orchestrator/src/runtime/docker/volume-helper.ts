// SPDX-License-Identifier: Apache-2.0
import { crashpoint } from "../../crashpoint.ts";
import type { LeaseId } from "../../domain/identity.ts";
import { leaseLabels } from "../../domain/names.ts";
import { foreign } from "../runtime-errors.ts";
import { ask } from "./ask.ts";
import { inspectContainer } from "./containers.ts";
import { carries, type DockerContext } from "./context.ts";
import { createHelper, type HelperContainer } from "./helper-container.ts";
import type { Owner } from "./owner.ts";
import { tar } from "./tar.ts";

/** What the helper is made for and of. */
export interface VolumeOwnership {
  readonly leaseId: LeaseId;
  /** The engine's name of the volume. */
  readonly volume: string;
  /** Any image that the engine has; nothing of it is ever run. */
  readonly image: string;
  readonly owner: Owner;
}

const MOUNT = "berth-volume";

/**
 * Changes the owner of a volume's folder: the engine sets it when it unpacks that folder's entry into the folder above, which
 * a lease's container, read-only as it is, does not allow. So a helper container with the volume is created for it, never
 * started, and removed; cut off in between, it stays until `removeVolumeHelper`.
 */
export async function chownVolume(
  context: DockerContext,
  ownership: VolumeOwnership,
  signal: AbortSignal,
): Promise<void> {
  const { engine, identity } = context;
  const { leaseId, volume, image, owner } = ownership;
  const mounts: HelperContainer["mounts"] = [{ Type: "volume", Source: volume, Target: `/${MOUNT}` }];
  const helper = { name: helperName(volume), image, labels: leaseLabels(identity, leaseId), mounts };
  await createHelper(engine, helper, signal);
  crashpoint("volume-helper-created");
  const archive = tar([{ name: `${MOUNT}/`, type: "directory", mode: 0o755, ...owner, content: null }]);
  await ask(engine, {
    what: `give volume ${volume} to user ${owner.uid}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) =>
      engine.docker.getContainer(helperName(volume)).putArchive(archive, { path: "/", abortSignal }),
  });
  await removeVolumeHelper(context, leaseId, volume, signal);
}

/** Removes the helper if an earlier attempt was cut off and left it: it would hold the volume. */
export async function removeVolumeHelper(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<void> {
  await removeHelper(context, leaseId, helperName(volume), signal);
}

/** Removes a helper of the lease's, by its name or its id. PermanentError E_FOREIGN_OBJECT where the name is somebody else's. */
export async function removeHelper(
  context: DockerContext,
  leaseId: LeaseId,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine, identity } = context;
  const found = await inspectContainer(context, name, signal);
  if (found === null) return;
  if (!carries(found.Config.Labels, leaseLabels(identity, leaseId))) throw foreign("container", name);
  await ask(engine, {
    what: `remove container ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getContainer(found.Id).remove({ force: true, v: true, abortSignal }),
    outcomes: { 404: () => undefined, 409: () => undefined },
  });
}

/** Removes each helper that an earlier attempt left. */
export async function removeVolumeHelpers(
  context: DockerContext,
  leaseId: LeaseId,
  volume: string,
  signal: AbortSignal,
): Promise<void> {
  await removeVolumeHelper(context, leaseId, volume, signal);
  for (const task of CONTENT_TASKS)
    await removeHelper(context, leaseId, contentHelperName(task, volume), signal);
}

/** What else a helper is made for: to read a volume out, to take one in, to read back what was taken in. */
export const CONTENT_TASKS = ["reader", "taker", "checker"] as const;
export type ContentTask = (typeof CONTENT_TASKS)[number];

export function contentHelperName(task: ContentTask, volume: string): string {
  return `${task}.${volume}`;
}

/** Begins as no lease's container does, whatever its service is called. */
function helperName(volume: string): string {
  return `owner.${volume}`;
}

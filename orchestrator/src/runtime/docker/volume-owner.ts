// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { ask } from "./ask.ts";
import type { DockerContext } from "./context.ts";
import { parseOwner, type Owner } from "./owner.ts";
import { TAR_BLOCK, isTar, readTarHeader, type TarHeader } from "./tar.ts";
import { rootOutside } from "./user-mapping.ts";
import { chownVolume, removeVolumeHelper } from "./volume-helper.ts";

/**
 * Gives each writable volume of a container that has not started to the container's user, if the volume is fresh: empty and
 * root's, as the engine made it. A volume with data, or with an owner, is never changed, nor one that is to be root's.
 */
export async function giveVolumesToUser(
  context: DockerContext,
  leaseId: LeaseId,
  container: Dockerode.ContainerInspectInfo,
  signal: AbortSignal,
): Promise<void> {
  const owner = newOwner(container.Config.User);
  for (const { Type, RW, Destination, Name: volume } of container.Mounts) {
    if (owner === null || Type !== "volume" || !RW || volume === undefined) continue;
    await removeVolumeHelper(context, leaseId, volume, signal);
    if (!(await isFresh(context, container.Id, Destination, signal))) continue;
    await chownVolume(context, { leaseId, volume, image: container.Image, owner }, signal);
    if (await isFresh(context, container.Id, Destination, signal)) throw notGiven(volume, owner);
  }
}

/** Whom a fresh volume is to be given to; null for nobody, where it is root's who has it already. */
function newOwner(user: string): Owner | null {
  const owner = parseOwner(user);
  return owner?.uid === 0 && owner.gid === 0 ? null : owner;
}

async function isFresh(
  context: DockerContext,
  containerId: string,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { engine } = context;
  const [folder, content] = await ask(engine, {
    what: `look at the volume at ${path}`,
    limitMs: engine.deadlines.look,
    signal,
    run: async (abortSignal) =>
      firstHeaders(await engine.docker.getContainer(containerId).getArchive({ path, abortSignal })),
  });
  if (folder?.isDirectory !== true || content !== null || folder.uid !== folder.gid) return false;
  return folder.uid === 0 || folder.uid === (await rootOutside(engine, signal));
}

/** The folder's own header and the first of its content (null if it has none); reads no further than these. */
async function firstHeaders(stream: AsyncIterable<unknown>): Promise<(TarHeader | null)[]> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream) {
    if (Buffer.isBuffer(chunk)) bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length >= 2 * TAR_BLOCK) break;
  }
  if (bytes.length < 2 * TAR_BLOCK || !isTar(bytes)) throw new Error("the answer is no whole archive");
  return [0, TAR_BLOCK].map((at) => readTarHeader(bytes.subarray(at, at + TAR_BLOCK)));
}

function notGiven(volume: string, owner: Owner): RetryableError {
  return new RetryableError("E_VOLUME_OWNER", `Volume ${volume} could not be given to user ${owner.uid}.`, {
    atRisk: "the service could not write to its volume, so it is not started",
    next: "Use another engine version; this one ignores the owner of an unpacked folder.",
    facts: { volume },
  });
}

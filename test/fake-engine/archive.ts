// SPDX-License-Identifier: Apache-2.0
import { TAR_BLOCK, readTarHeader, tar, type TarEntry } from "../../orchestrator/src/runtime/docker/tar.ts";
import type { FakeContainer, FakeVolume } from "./objects.ts";
import { EngineRefusal, notServed, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";

const NAME_LENGTH = 100;

/** The folder of a volume that the container mounts at the path, and what lies in it. */
export function readArchive(state: EngineState, nameOrId: string, path: string): Reply {
  const container = state.needContainer(nameOrId);
  const volume = volumeAt(state, container, path);
  if (volume === undefined) throw noSuchFile(nameOrId, path);
  const folder = path.slice(path.lastIndexOf("/") + 1);
  const { uid, gid } = volume;
  const entries: TarEntry[] = [
    { name: `${folder}/`, type: "directory", mode: 0o755, uid, gid, content: null },
    ...volume.files.map((file): TarEntry => ({
      ...{ name: `${folder}/${file}`, type: "file", mode: 0o644, uid, gid, content: "" },
    })),
  ];
  return { status: 200, type: "application/x-tar", bytes: tar(entries) };
}

/** Unpacks an archive into the container's root: a folder where a volume is mounted changes that volume's owner. */
export function writeArchive(state: EngineState, nameOrId: string, path: string, archive: Buffer): Reply {
  const container = state.needContainer(nameOrId);
  if (path !== "/") throw noSuchFile(nameOrId, path);
  if (container.config.HostConfig?.ReadonlyRootfs === true)
    throw new EngineRefusal(500, "container rootfs is marked read-only");
  const header = archive.length < TAR_BLOCK ? null : readTarHeader(archive.subarray(0, TAR_BLOCK));
  if (header === null) return { status: 200 };
  const name = archive.toString("latin1", 0, NAME_LENGTH).replace(/\/?\0*$/, "");
  const volume = volumeAt(state, container, `/${name}`);
  if (volume === undefined || !header.isDirectory)
    throw notServed("archives of anything but a volume's folder");
  Object.assign(volume, { uid: header.uid, gid: header.gid } satisfies Partial<FakeVolume>);
  return { status: 200 };
}

function volumeAt(state: EngineState, { mounts }: FakeContainer, path: string): FakeVolume | undefined {
  const mount = mounts.find((candidate) => candidate.path === path);
  return mount === undefined ? undefined : state.volumes.get(mount.volume);
}

function noSuchFile(container: string, path: string): EngineRefusal {
  return new EngineRefusal(404, `Could not find the file ${path} in container ${container}`);
}

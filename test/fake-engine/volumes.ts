// SPDX-License-Identifier: Apache-2.0
import type { FakeVolume, Labels } from "./objects.ts";
import { DONE, EngineRefusal, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { objectTime } from "./times.ts";

export interface VolumeConfig {
  readonly Name: string;
  readonly Labels?: Labels;
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** The engine hands out the volume that has the name, whatever its labels, as if it were new. */
export function createVolume(state: EngineState, { Name, Labels }: VolumeConfig): Reply {
  return { status: 201, json: view(makeVolume(state, Name, Labels ?? null)) };
}

export function makeVolume(state: EngineState, name: string, labels: Labels | null): FakeVolume {
  if (!NAME.test(name)) throw invalidName(name);
  const found = state.volumes.get(name);
  if (found !== undefined) return found;
  const volume = { name, labels, createdAt: state.now(), uid: 0, gid: 0, files: [] };
  state.volumes.set(name, volume);
  return volume;
}

export function inspectVolume(state: EngineState, name: string): Reply {
  return { status: 200, json: view(needVolume(state, name)) };
}

export function listVolumes(state: EngineState, isWanted: (labels: Labels | null) => boolean): Reply {
  const volumes = [...state.volumes.values()].filter(({ labels }) => isWanted(labels));
  return { status: 200, json: { Volumes: volumes.map(view), Warnings: null } };
}

export function removeVolume(state: EngineState, name: string): Reply {
  needVolume(state, name);
  const users = [...state.containers.values()].filter(({ mounts }) =>
    mounts.some(({ volume }) => volume === name),
  );
  if (users.length > 0) {
    const ids = users.map(({ id }) => id).join(", ");
    throw new EngineRefusal(409, `remove ${name}: volume is in use - [${ids}]`);
  }
  state.volumes.delete(name);
  return DONE;
}

function needVolume(state: EngineState, name: string): FakeVolume {
  const volume = state.volumes.get(name);
  if (volume === undefined) throw new EngineRefusal(404, `get ${name}: no such volume`);
  return volume;
}

function view({ name, labels, createdAt }: FakeVolume): unknown {
  return {
    CreatedAt: objectTime(Math.floor(createdAt / 1000) * 1000),
    ...{ Driver: "local", Labels: labels, Mountpoint: `/var/lib/docker/volumes/${name}/_data`, Name: name },
    ...{ Options: null, Scope: "local" },
  };
}

function invalidName(name: string): EngineRefusal {
  const why = `"${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed.`;
  const advice = "If you intended to pass a host directory, use absolute path";
  return new EngineRefusal(400, `create ${name}: ${why} ${advice}`);
}

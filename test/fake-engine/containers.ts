// SPDX-License-Identifier: Apache-2.0
import { end } from "./lifecycle.ts";
import type { ContainerConfig, FakeContainer, FakeImage, Mount } from "./objects.ts";
import { DONE, EngineRefusal, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { MODEST_LOAD, Usage } from "./usage.ts";
import { makeVolume } from "./volumes.ts";

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

const NO_QUOTA = "--storage-opt is supported only for overlay over xfs with 'pquota' mount option";

export function createContainer(state: EngineState, name: string, config: ContainerConfig): Reply {
  const image = findImage(state, config.Image);
  if (image === undefined) throw new EngineRefusal(404, `No such image: ${config.Image}`);
  if (!NAME.test(name)) {
    const message = `Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`;
    throw new EngineRefusal(400, message);
  }
  const { Runtime = "runc", StorageOpt } = config.HostConfig ?? {};
  if (Runtime !== "runc") throw new EngineRefusal(400, `Unknown runtime specified ${Runtime}`);
  if (StorageOpt !== undefined) throw new EngineRefusal(500, NO_QUOTA);
  const holder = state.findContainer(name);
  if (holder !== undefined) throw conflict(name, holder);
  const container = newContainer(state, name, config, image);
  state.add(container);
  return { status: 201, json: { Id: container.id, Warnings: [] } };
}

export function removeContainer(state: EngineState, nameOrId: string, force: boolean): Reply {
  const container = state.needContainer(nameOrId);
  if (container.pid !== null && !force) throw stillAlive(container);
  if (container.pid !== null) end(state, container, 137);
  state.drop(container);
  return DONE;
}

export function findImage(state: EngineState, reference: string): FakeImage | undefined {
  const name = familiar(reference);
  return state.images.get(name) ?? state.images.get(`${name}:latest`);
}

/** A name of the public hub's as the engine keeps it. */
export function familiar(reference: string): string {
  return reference.replace(/^docker\.io\/(?:library\/)?/, "");
}

function newContainer(
  state: EngineState,
  name: string,
  config: ContainerConfig,
  image: FakeImage,
): FakeContainer {
  const id = state.names.id();
  const networkName = config.HostConfig?.NetworkMode ?? "default";
  const aliases = config.NetworkingConfig?.EndpointsConfig?.[networkName]?.Aliases ?? [];
  return {
    ...{ id, name, createdAt: state.now(), image, config, words: wordsOf(config, image) },
    ...{
      labels: { ...image.labels, ...config.Labels },
      mounts: mountVolumes(state, config),
      usage: new Usage(MODEST_LOAD),
    },
    ...{
      log: [],
      networkName,
      aliases: [...aliases],
      networkId: null,
      others: new Map(),
      status: "created",
      program: null,
    },
    ...{ pid: null, exitCode: 0, error: "", oomKilled: false, startedAt: null, finishedAt: null },
    ...{ health: null, ports: new Map(), planned: [], followers: new Set() },
  };
}

/** An entrypoint of the container's takes the image's command away. */
function wordsOf({ Entrypoint, Cmd }: ContainerConfig, image: FakeImage): readonly string[] {
  const entrypoint = (Entrypoint ?? []).filter((word) => word !== "");
  const hasEntrypoint = (Entrypoint ?? []).length > 0;
  return [...entrypoint, ...(Cmd ?? (hasEntrypoint ? [] : image.command))];
}

/** Makes the volumes that are not there, as the engine does. */
function mountVolumes(state: EngineState, config: ContainerConfig): readonly Mount[] {
  return (config.HostConfig?.Mounts ?? []).map(({ Source, Target, ReadOnly, VolumeOptions }) => {
    makeVolume(state, Source, VolumeOptions?.Labels ?? null);
    return { volume: Source, path: Target, isReadOnly: ReadOnly === true };
  });
}

function conflict(name: string, holder: FakeContainer): EngineRefusal {
  const use = `The container name "/${name}" is already in use by container "${holder.id}".`;
  const advice = "You have to remove (or rename) that container to be able to reuse that name.";
  return new EngineRefusal(409, `Conflict. ${use} ${advice}`);
}

function stillAlive({ status, id }: FakeContainer): EngineRefusal {
  const advice = status === "paused" ? "Unpause and then stop" : "Stop";
  const message = `You cannot remove a ${status} container ${id}. ${advice} the container before attempting removal or force remove`;
  return new EngineRefusal(409, message);
}

// SPDX-License-Identifier: Apache-2.0
import { readArchive, writeArchive } from "./archive.ts";
import { createContainer, removeContainer } from "./containers.ts";
import { importImage, inspectImage, listImages, pullImage, removeImage, tagImage } from "./images.ts";
import { pause, start, stop, unpause } from "./lifecycle.ts";
import { logs } from "./logs.ts";
import {
  connect,
  createNetwork,
  disconnect,
  inspectNetwork,
  listNetworks,
  removeNetwork,
  type NetworkConfig,
} from "./networks.ts";
import type { ContainerConfig, Labels } from "./objects.ts";
import { notServed, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { stats, type Cgroup } from "./stats.ts";
import { inspectContainer, listContainers } from "./views.ts";
import { createVolume, inspectVolume, listVolumes, removeVolume, type VolumeConfig } from "./volumes.ts";

/** A request that was read to its end. */
export interface EngineRequest {
  readonly state: EngineState;
  readonly cgroup: Cgroup;
  /** What stands in the path's place for a name or id; empty where it has none. */
  readonly name: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface Route {
  readonly endpoint: string;
  readonly pattern: RegExp;
  readonly run: (request: EngineRequest) => Reply | Promise<Reply>;
}

export const ENGINE_VERSION = "20.10.24";
const KERNEL = "6.1.0-fake";
const DEFAULT_GRACE_SECONDS = 10;

const VERSION = { Version: ENGINE_VERSION, ApiVersion: "1.41", Os: "linux", Arch: "amd64" };
/** What it keeps is in memory: no machine has the folder, and how full a disk is has no part in a test. */
const ROOT = "/var/lib/fake-engine";

const HANDLERS: Readonly<Record<string, Route["run"]>> = {
  "GET /version": () => ({ status: 200, json: VERSION }),
  "GET /info": ({ state }) => ({
    status: 200,
    json: {
      LiveRestoreEnabled: state.liveRestore,
      DockerRootDir: ROOT,
      SecurityOptions: ["name=seccomp,profile=default"],
      KernelVersion: KERNEL,
    },
  }),
  "GET /containers/json": ({ state, query }) =>
    listContainers(state, query.get("all") === "true", labelFilter(query)),
  "POST /containers/create": (request) =>
    createContainer(request.state, request.query.get("name") ?? "", bodyOf<ContainerConfig>(request)),
  "GET /containers/{id}/json": ({ state, name }) => inspectContainer(state, name),
  "GET /containers/{id}/stats": ({ state, name, cgroup }) => stats(state, name, cgroup),
  "GET /containers/{id}/logs": ({ state, name, query }) => logs(state, name, query),
  "GET /containers/{id}/archive": ({ state, name, query }) =>
    readArchive(state, name, query.get("path") ?? ""),
  "PUT /containers/{id}/archive": ({ state, name, query, body }) =>
    writeArchive(state, name, query.get("path") ?? "", body),
  "POST /containers/{id}/start": ({ state, name }) => start(state, name),
  "POST /containers/{id}/stop": ({ state, name, query }) =>
    stop(state, name, Number(query.get("t") ?? DEFAULT_GRACE_SECONDS)),
  "POST /containers/{id}/pause": ({ state, name }) => pause(state, name),
  "POST /containers/{id}/unpause": ({ state, name }) => unpause(state, name),
  "DELETE /containers/{id}": ({ state, name, query }) =>
    removeContainer(state, name, query.get("force") === "true"),
  "GET /networks": ({ state }) => listNetworks(state),
  "GET /networks/{id}": ({ state, name }) => inspectNetwork(state, name),
  "POST /networks/create": (request) => createNetwork(request.state, bodyOf<NetworkConfig>(request)),
  "POST /networks/{id}/connect": (request) => {
    const { Container } = bodyOf<{ readonly Container: string }>(request);
    return connect(request.state, request.name, request.state.needContainer(Container));
  },
  "POST /networks/{id}/disconnect": (request) => {
    const { Container } = bodyOf<{ readonly Container: string }>(request);
    return disconnect(request.state, request.name, request.state.needContainer(Container));
  },
  "DELETE /networks/{id}": ({ state, name }) => removeNetwork(state, name),
  "GET /volumes": ({ state, query }) => listVolumes(state, labelFilter(query)),
  "POST /volumes/create": (request) => createVolume(request.state, bodyOf<VolumeConfig>(request)),
  "GET /volumes/{id}": ({ state, name }) => inspectVolume(state, name),
  "DELETE /volumes/{id}": ({ state, name }) => removeVolume(state, name),
  "GET /images/json": ({ state }) => listImages(state),
  "POST /images/{id}/tag": ({ state, name, query }) =>
    tagImage(state, name, query.get("repo") ?? "", query.get("tag") ?? ""),
  "DELETE /images/{id}": ({ state, name }) => removeImage(state, name),
  "GET /images/{id}/json": ({ state, name }) => inspectImage(state, name),
  "POST /images/create": ({ state, query }) =>
    query.get("fromSrc") === "-"
      ? importImage(state, `${query.get("repo") ?? ""}:${query.get("tag") ?? ""}`)
      : pullImage(state, query.get("fromImage") ?? "", query.get("tag") ?? ""),
};

/** In this order: the names of fixed places come before those that stand for any. */
export const ROUTES: readonly Route[] = Object.entries(HANDLERS)
  .map(([endpoint, run]) => ({ endpoint, pattern: patternOf(endpoint), run }))
  .sort((a, b) => Number(a.endpoint.includes("{")) - Number(b.endpoint.includes("{")));

export function bodyOf<T>({ body }: EngineRequest): T {
  return JSON.parse(body.toString()) as T;
}

/** An image's name may have slashes in it, and no other one has. */
function patternOf(endpoint: string): RegExp {
  const name = endpoint.includes("/images/") ? "(.+)" : "([^/]+)";
  return new RegExp(`^${endpoint.replace("{id}", name)}$`);
}

/** Whether labels are as the filter `{"label":["name=value","name"]}` wants them, all of them. */
function labelFilter(query: URLSearchParams): (labels: Labels | null) => boolean {
  const filters = JSON.parse(query.get("filters") ?? "{}") as Readonly<Record<string, readonly string[]>>;
  const { label = [], ...others } = filters;
  if (Object.keys(others).length > 0) throw notServed(`the filter ${Object.keys(others).join(", ")}`);
  const wanted = label.map((text) => text.split(/=(.*)/s));
  return (labels) =>
    wanted.every(([name = "", value]) =>
      value === undefined ? name in (labels ?? {}) : labels?.[name] === value,
    );
}

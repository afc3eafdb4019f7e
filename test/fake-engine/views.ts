// SPDX-License-Identifier: Apache-2.0
import type { FakeContainer, Labels, Mount } from "./objects.ts";
import type { Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { objectTime, spanText } from "./times.ts";

export function inspectContainer(state: EngineState, nameOrId: string): Reply {
  return { status: 200, json: inspected(state.needContainer(nameOrId)) };
}

export function listContainers(
  state: EngineState,
  all: boolean,
  isWanted: (labels: Labels) => boolean,
): Reply {
  const containers = [...state.containers.values()].filter(
    ({ pid, labels }) => (all || pid !== null) && isWanted(labels),
  );
  return { status: 200, json: containers.map((container) => listed(container, state.now())) };
}

function listed(container: FakeContainer, now: number): unknown {
  const { id, name, config, image, words, createdAt, labels, status, networkName, mounts } = container;
  return {
    ...{ Id: id, Names: [`/${name}`], Image: config.Image, ImageID: image.id, Command: words.join(" ") },
    ...{ Created: Math.floor(createdAt / 1000), Labels: labels, State: status },
    ...{ Status: statusText(container, now) },
    ...{ HostConfig: { NetworkMode: networkName }, Mounts: mounts.map(mountView) },
  };
}

/** What the engine makes of a container's state for people to read. */
function statusText({ status, startedAt, finishedAt, exitCode, health }: FakeContainer, now: number): string {
  if (startedAt === null) return "Created";
  if (status === "exited") return `Exited (${exitCode}) ${spanText(now - (finishedAt ?? now))} ago`;
  const span = `Up ${spanText(now - startedAt)}`;
  if (status === "paused") return `${span} (Paused)`;
  return health === null ? span : `${span} (${health === "starting" ? "health: starting" : health})`;
}

function inspected(container: FakeContainer): unknown {
  const { id, name, config, image, words, createdAt, labels, mounts } = container;
  const { HostConfig, NetworkingConfig: _, ...own } = config;
  return {
    ...{ Id: id, Created: objectTime(createdAt), Path: words[0] ?? "", Args: words.slice(1) },
    ...{ State: stateView(container), Image: image.id, Name: `/${name}`, RestartCount: 0 },
    ...{
      Platform: "linux",
      HostConfig,
      Mounts: mounts.map(mountView),
      Config: { User: "", ...own, Labels: labels },
    },
    NetworkSettings: networkView(container),
  };
}

function stateView(container: FakeContainer): unknown {
  const { status, pid, exitCode, error, oomKilled, startedAt, finishedAt, health } = container;
  return {
    ...{ Status: status, Running: pid !== null, Paused: status === "paused", Restarting: false },
    ...{ OOMKilled: oomKilled, Dead: false, Pid: pid ?? 0, ExitCode: exitCode, Error: error },
    ...{ StartedAt: objectTime(startedAt), FinishedAt: objectTime(finishedAt) },
    ...(health !== null && { Health: { Status: health, FailingStreak: 0, Log: [] } }),
  };
}

function networkView(container: FakeContainer): unknown {
  const { id, ports, networkName, networkId, aliases, pid, others } = container;
  const all = pid === null && networkId === null ? aliases : [...aliases, id.slice(0, 12)];
  const endpoint = { Aliases: all, NetworkID: networkId ?? "", EndpointID: pid === null ? "" : id };
  const more = [...others].map(
    ([name, NetworkID]) => [name, { ...endpoint, Aliases: [], NetworkID }] as const,
  );
  return {
    Ports: Object.fromEntries(ports),
    Networks: Object.fromEntries([[networkName, endpoint], ...more]) as object,
  };
}

function mountView({ volume, path, isReadOnly }: Mount): unknown {
  return {
    ...{ Type: "volume", Name: volume, Source: `/var/lib/docker/volumes/${volume}/_data`, Destination: path },
    ...{ Driver: "local", Mode: "z", RW: !isReadOnly, Propagation: "" },
  };
}

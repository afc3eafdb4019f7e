// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { ContainerState, ObservedContainer } from "../../domain/observed.ts";
import { LABELS } from "../../domain/names.ts";
import { proxiedEndpoints } from "./ingress-labels.ts";
import { endpointsOf, hostPortsOf } from "./ports.ts";
import { parseTime } from "./time.ts";

/** The engine's words for a container's state in ours; what it is restarting or removing has ended. */
const STATES: Readonly<Record<string, ContainerState>> = {
  created: "created",
  running: "running",
  paused: "frozen",
  restarting: "exited",
  removing: "exited",
  exited: "exited",
  dead: "exited",
};
const HEALTHS = ["none", "starting", "healthy", "unhealthy"] as const;

/**
 * An inspected container in our words; `isLost` where its engine took it down. RetryableError E_RUNTIME_UNREADABLE for a state or
 * health that has none, or life without a beginning.
 */
export function observedContainer(
  container: Dockerode.ContainerInspectInfo,
  service: string,
  manifestHash: `0x${string}`,
  isLost: boolean,
  publishHost?: string,
): ObservedContainer {
  const { State } = container;
  const state = STATES[State.Status];
  const health = HEALTHS.find((known) => known === (State.Health?.Status || "none"));
  const startedAt = parseTime(State.StartedAt);
  const lives = state === "running" || state === "frozen";
  if (state === undefined || health === undefined || (lives && startedAt === null))
    throw unreadable(container);
  const ended = state === "exited";
  return {
    id: container.Id,
    service,
    manifestHash,
    image: imageOf(container),
    state,
    startedAt,
    finishedAt: ended ? parseTime(State.FinishedAt) : null,
    exitCode: ended ? State.ExitCode : null,
    oomKilled: State.OOMKilled,
    lostWithEngine: isLost,
    health,
    ...placesOf(container, service, lives, publishHost),
  };
}

function placesOf(
  { Config, HostConfig, NetworkSettings }: Dockerode.ContainerInspectInfo,
  service: string,
  lives: boolean,
  publishHost: string | undefined,
): Pick<ObservedContainer, "endpoints" | "publishes"> {
  const published = endpointsOf(service, NetworkSettings.Ports ?? {}, publishHost);
  const proxied = lives ? proxiedEndpoints(service, Config.Labels) : [];
  return { endpoints: [...proxied, ...published], publishes: hostPortsOf(HostConfig.PortBindings) };
}

/** An earlier daemon wrote no pin: what it runs is known by its id. */
function imageOf({ Config, Image }: Dockerode.ContainerInspectInfo): string {
  return Config.Labels[LABELS.image] ?? Image;
}

function unreadable(container: Dockerode.ContainerInspectInfo): RetryableError {
  const { Status, Health, StartedAt } = container.State;
  const words = `state "${Status}", health "${Health?.Status ?? "none"}", started ${StartedAt}`;
  return new RetryableError("E_RUNTIME_UNREADABLE", `Container ${container.Name.slice(1)} is in ${words}.`, {
    atRisk: "nothing is decided about any container until this can be read",
    next: "Use an engine version that this Berth knows.",
    facts: { container: container.Id },
  });
}

// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
import type Dockerode from "dockerode";
import type { LeaseId } from "../../domain/identity.ts";
import { networkName } from "../../domain/names.ts";
import { gone } from "../runtime-errors.ts";
import { ask } from "./ask.ts";
import { findContainer, needContainer } from "./containers.ts";
import type { DockerContext } from "./context.ts";
import { refused, type Refusal } from "./errors.ts";
import { rejoinNetwork } from "./networks.ts";
import { takenPort } from "./taken-port.ts";
import { parseTime } from "./time.ts";
import { attachVolume } from "./volumes.ts";
import { giveVolumesToUser } from "./volume-owner.ts";

/**
 * Starts the container unless it runs, frozen or not. Before its first start the fresh volumes are given to its user; where its
 * network was removed and made again since it ran, it joins the new one.
 * Errors: RetryableError E_CONTAINER_GONE, E_NETWORK_GONE, E_PORT_TAKEN; PermanentError E_CANNOT_START when its command cannot be executed.
 */
export async function startContainer(
  context: DockerContext,
  leaseId: LeaseId,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await needContainer(context, leaseId, service, signal);
  if (found.State.Running) return;
  for (const { Type, Name: volume } of found.Mounts)
    if (Type === "volume" && volume !== undefined) await attachVolume(context, volume, signal);
  if (parseTime(found.State.StartedAt) === null) await giveVolumesToUser(context, leaseId, found, signal);
  const obstacle = await tryStart(context, found, signal);
  if (obstacle === null) return;
  const name = networkName(context.identity, leaseId);
  if (!hasJoined(found, name)) throw gone("network", name, obstacle.cause);
  await rejoinNetwork(context, leaseId, found, service, signal);
  if ((await tryStart(context, found, signal)) !== null) throw gone("network", name, obstacle.cause);
}

/** Null when it runs; the engine's refusal when the network that the container wants is not there. */
async function tryStart(
  { engine }: DockerContext,
  found: Dockerode.ContainerInspectInfo,
  signal: AbortSignal,
): Promise<Refusal | null> {
  return ask(engine, {
    what: `start container ${found.Name.slice(1)}`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      await engine.docker.getContainer(found.Id).start({ abortSignal });
      return null;
    },
    outcomes: {
      304: () => null,
      400: (refusal) => {
        throw cannotStart(found, refusal);
      },
      404: (refusal) => {
        if (/network/i.test(refusal.message)) return refusal;
        throw gone("container", found.Name.slice(1), refusal.cause);
      },
    },
    otherwise: (refusal) => {
      throw takenPort(found, refusal) ?? refused(`start container ${found.Name.slice(1)}`, refusal);
    },
  });
}

/** Whether the container was in a network of this name: it wants that very one back, and takes no other in its place. */
function hasJoined({ NetworkSettings }: Dockerode.ContainerInspectInfo, name: string): boolean {
  return (NetworkSettings.Networks[name]?.NetworkID ?? "") !== "";
}

/** Asks the container's first process to end, and kills it after the grace; a container that does not run is left as it is. */
export async function stopContainer(
  context: DockerContext,
  leaseId: LeaseId,
  service: string,
  graceSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const found = await findContainer(context, leaseId, service, signal);
  if (found === null || !found.State.Running) return;
  await ask(engine, {
    what: `stop container ${found.Name.slice(1)}`,
    limitMs: graceSeconds * 1000 + engine.deadlines.stopSlack,
    signal,
    run: (abortSignal) => engine.docker.getContainer(found.Id).stop({ t: graceSeconds, abortSignal }),
    outcomes: { 304: () => undefined, 404: () => undefined },
  });
}

/** Suspends the container's processes; what does not run needs no freezing. */
export async function freezeContainer(
  context: DockerContext,
  leaseId: LeaseId,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const found = await findContainer(context, leaseId, service, signal);
  if (found === null || !found.State.Running || found.State.Paused) return;
  await ask(engine, {
    what: `freeze container ${found.Name.slice(1)}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getContainer(found.Id).pause({ abortSignal }),
    outcomes: { 404: () => undefined, 409: () => undefined },
  });
}

/** Lets a frozen container go on; any other is left as it is. */
export async function thawContainer(
  context: DockerContext,
  leaseId: LeaseId,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const found = await findContainer(context, leaseId, service, signal);
  if (found === null || !found.State.Paused) return;
  await ask(engine, {
    what: `thaw container ${found.Name.slice(1)}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getContainer(found.Id).unpause({ abortSignal }),
    outcomes: { 404: () => undefined, 409: () => undefined },
  });
}

function cannotStart(container: Dockerode.ContainerInspectInfo, refusal: Refusal): PermanentError {
  const name = container.Name.slice(1);
  return new PermanentError("E_CANNOT_START", `Container ${name} cannot start: ${refusal.message}`, {
    atRisk: "the lease does not run",
    next: "Correct the service's command, entrypoint or working directory, or its image.",
    facts: { container: name },
    cause: refusal.cause,
  });
}

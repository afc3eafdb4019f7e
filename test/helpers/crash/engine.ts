// SPDX-License-Identifier: Apache-2.0
import { connectEngine } from "../../../orchestrator/src/runtime/docker/client.ts";
import type { Stage } from "../../../scripts/demonstration/stage.ts";
import { eventually } from "../stage.ts";

/** A tenant's process, as the engine tells of it. */
export interface TenantProcess {
  readonly containerId: string;
  readonly pid: number;
  readonly startedAt: string;
}

/** Names of whatever the engine holds of this market: containers, helpers among them, networks and volumes. */
export async function heldFor({ local }: Stage): Promise<readonly string[]> {
  const { docker } = connectEngine({});
  const filters = { label: [`berth.market=${local.market.address.toLowerCase()}`] };
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names }) => `container ${Names.join()}`),
    ...networks.map(({ Name }) => `network ${Name}`),
    ...Volumes.map(({ Name }) => `volume ${Name}`),
  ];
}

/** The market's processes that run, each container's first. */
export async function tenantProcesses({ local }: Stage): Promise<readonly TenantProcess[]> {
  const { docker } = connectEngine({});
  const filters = { label: [`berth.market=${local.market.address.toLowerCase()}`] };
  const running = await docker.listContainers({ filters });
  return Promise.all(
    running.map(async ({ Id }) => {
      const { State } = await docker.getContainer(Id).inspect();
      return { containerId: Id, pid: State.Pid, startedAt: State.StartedAt };
    }),
  );
}

/** How often the tenant's process was started, by its own count on its volume. */
export async function countedStarts({ runtime }: Stage): Promise<number> {
  const signal = AbortSignal.timeout(30_000);
  const text = await eventually("the tenant's process answers", async () => {
    const [workload] = await runtime.observe(signal);
    const port = workload?.containers[0]?.endpoints[0]?.port;
    return fetch(`http://127.0.0.1:${port}/starts`, { signal })
      .then((response) => (response.ok ? response.text() : null))
      .catch(() => null);
  });
  return text.trim().split("\n").length;
}

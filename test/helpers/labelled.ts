// SPDX-License-Identifier: Apache-2.0
import { connectEngine } from "../../orchestrator/src/runtime/docker/client.ts";

/** Everything on the engine that any market of Berth made: containers, networks, volumes. */
export async function labelled(): Promise<readonly string[]> {
  const { docker } = connectEngine({});
  const filters = { label: ["berth.lease"] };
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Id }) => Id),
    ...networks.map(({ Id }) => Id),
    ...Volumes.map(({ Name }) => Name),
  ];
}

// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import { ask } from "./ask.ts";
import type { Engine } from "./client.ts";

/** A container that is made for its mounts alone: nothing in it is ever run. */
export interface HelperContainer {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: NonNullable<Dockerode.HostConfig["Mounts"]>;
}

/** How it is made: without a network, without capabilities, and with nothing to start. */
export function helperOptions(helper: HelperContainer): Dockerode.ContainerCreateOptions {
  const { name, image, labels, mounts } = helper;
  return {
    name,
    Image: image,
    Entrypoint: ["never", "started"],
    Labels: { ...labels },
    HostConfig: { NetworkMode: "none", CapDrop: ["ALL"], Mounts: mounts },
  };
}

/** Creates it; the engine's id of it. */
export async function createHelper(
  engine: Engine,
  helper: HelperContainer,
  signal: AbortSignal,
): Promise<string> {
  const { id } = await ask(engine, {
    what: `create container ${helper.name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.createContainer({ ...helperOptions(helper), abortSignal }),
  });
  return id;
}

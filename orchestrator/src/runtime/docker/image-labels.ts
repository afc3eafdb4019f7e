// SPDX-License-Identifier: Apache-2.0
import type Dockerode from "dockerode";
import { imageSteers } from "../runtime-errors.ts";
import { isLabelled } from "./answers.ts";
import { ask } from "./ask.ts";
import type { DockerContext } from "./context.ts";
import { get } from "./get.ts";

interface Labelled {
  readonly Config: { readonly Labels?: Readonly<Record<string, string>> | null } | null;
}

/** What proxies read, whether or not the provider runs one today, and what the daemon itself goes by. */
const STEERING = /^(?:traefik|caddy)(?:[._]|$)|^berth\.(?:http|url)$/i;

/**
 * The engine gives a container the labels of its image beside our own, so an image could name a hostname of somebody else's. The
 * container that is made of such an image is removed before it ever ran. PermanentError E_IMAGE_LABELS.
 */
export async function refuseSteeringImage(
  { engine }: DockerContext,
  { Id, Image }: Dockerode.ContainerInspectInfo,
  image: string,
  signal: AbortSignal,
): Promise<void> {
  const { Config } = await ask(engine, {
    what: `inspect image ${image}`,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<Labelled>(engine, `/images/${Image}/json`, abortSignal),
    check: isLabelled,
  });
  const steering = Object.keys(Config?.Labels ?? {}).filter((name) => STEERING.test(name));
  if (steering.length === 0) return;
  await ask(engine, {
    what: `remove container ${Id}`,
    limitMs: engine.deadlines.change,
    signal,
    run: (abortSignal) => engine.docker.getContainer(Id).remove({ force: true, v: true, abortSignal }),
    outcomes: { 404: () => undefined, 409: () => undefined },
  });
  throw imageSteers(image, steering.slice(0, 5));
}

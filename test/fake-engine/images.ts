// SPDX-License-Identifier: Apache-2.0
import { findImage } from "./containers.ts";
import type { FakeImage } from "./objects.ts";
import { EngineRefusal, type Output, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";

export function addImage(images: Map<string, FakeImage>, image: FakeImage): void {
  images.set(image.reference, image);
  images.set(image.id, image);
}

export function inspectImage(state: EngineState, reference: string): Reply {
  const image = findImage(state, reference);
  if (image === undefined) {
    throw new EngineRefusal(404, `no such image: ${reference}: No such image: ${reference}`);
  }
  const { id, command, labels } = image;
  const config = { User: "", Cmd: command, Entrypoint: null, Labels: labels };
  return { status: 200, json: { Id: id, RepoTags: [image.reference], RepoDigests: [], Config: config } };
}

/** Brings an image of the registry's, with the lines of progress that a client reads. */
export function pullImage(state: EngineState, repository: string, tag: string): Reply {
  const reference = `${repository}${tag.includes(":") ? "@" : ":"}${tag}`;
  const image = state.registry.get(reference);
  if (image === undefined) {
    const message = `manifest for ${reference} not found: manifest unknown: manifest unknown`;
    throw new EngineRefusal(404, message);
  }
  const stream = (output: Output) => {
    line(output, { status: `Pulling from ${repository}`, id: tag });
    addImage(state.images, image);
    line(output, { status: `Status: Downloaded newer image for ${reference}` });
    output.end();
  };
  return { status: 200, type: "application/json", stream };
}

function line(output: Output, value: unknown): void {
  output.write(Buffer.from(`${JSON.stringify(value)}\r\n`));
}

// SPDX-License-Identifier: Apache-2.0
import { familiar, findImage } from "./containers.ts";
import type { FakeImage } from "./objects.ts";
import { EngineRefusal, type Output, type Reply } from "./replies.ts";
import type { EngineState } from "./state.ts";
import { objectTime } from "./times.ts";

export function addImage(images: Map<string, FakeImage>, image: FakeImage): void {
  images.set(image.reference, image);
  images.set(image.id, image);
}

export function inspectImage(state: EngineState, reference: string): Reply {
  const image = needImage(state, reference);
  const config = { User: "", Cmd: image.command, Entrypoint: null, Labels: image.labels };
  const metadata = { LastTagTime: objectTime(image.taggedAt === 0 ? null : image.taggedAt) };
  return { status: 200, json: { ...listed(state, image), Config: config, Metadata: metadata } };
}

export function listImages(state: EngineState): Reply {
  return { status: 200, json: [...new Set(state.images.values())].map((image) => listed(state, image)) };
}

export function tagImage(state: EngineState, reference: string, repository: string, tag: string): Reply {
  const image = needImage(state, reference);
  image.taggedAt = state.now();
  state.images.set(familiar(`${repository}:${tag}`), image);
  return { status: 201, json: null };
}

/** Takes a name away, and with the last one the image, unless a container stands on it. */
export function removeImage(state: EngineState, reference: string): Reply {
  const image = needImage(state, reference);
  const name = familiar(reference);
  const repository = repositoryOf(name);
  const tags = namesOf(state, image).filter((each) => !each.includes("@"));
  const others = namesOf(state, image).filter((each) => repositoryOf(each) !== repository);
  const isLast = others.length === 0 && tags.filter((tag) => tag !== name).length === 0;
  const user = [...state.containers.values()].find((container) => container.image === image);
  if (isLast && user !== undefined) {
    const message = `conflict: unable to remove repository reference "${reference}" (must force) - container ${user.id} is using its referenced image ${image.id}`;
    throw new EngineRefusal(409, message);
  }
  state.images.delete(name);
  if (!namesOf(state, image).some((each) => repositoryOf(each) === repository && !each.includes("@"))) {
    for (const each of namesOf(state, image))
      if (repositoryOf(each) === repository) state.images.delete(each);
  }
  if (namesOf(state, image).length === 0) state.images.delete(image.id);
  return { status: 200, json: [{ Untagged: reference }] };
}

function listed(state: EngineState, image: FakeImage): object {
  const names = namesOf(state, image);
  return {
    Id: image.id,
    RepoTags: names.filter((name) => !name.includes("@")),
    RepoDigests: names.filter((name) => name.includes("@")),
    Size: image.size,
  };
}

function needImage(state: EngineState, reference: string): FakeImage {
  const image = findImage(state, reference);
  if (image !== undefined) return image;
  throw new EngineRefusal(404, `no such image: ${reference}: No such image: ${reference}`);
}

function namesOf(state: EngineState, image: FakeImage): readonly string[] {
  return [...state.images].flatMap(([name, each]) => (each === image && name !== image.id ? [name] : []));
}

function repositoryOf(name: string): string {
  return name.replace(/@.*$|:[^:/]*$/, "");
}

/** Takes an archive in as an image; nothing of what is in it is ever looked at. */
export function importImage(state: EngineState, reference: string): Reply {
  const id = `sha256:${state.names.id()}`;
  const image = { id, reference, command: [], labels: {}, size: 0, taggedAt: state.now() };
  addImage(state.images, image);
  const stream = (output: Output) => {
    line(output, { status: image.id });
    output.end();
  };
  return { status: 200, type: "application/json", stream };
}

/** Brings an image of the registry's, with the lines of progress that a client reads. */
export function pullImage(state: EngineState, repository: string, tag: string): Reply {
  const reference = familiar(`${repository}${tag.includes(":") ? "@" : ":"}${tag}`);
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

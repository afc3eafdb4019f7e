// SPDX-License-Identifier: Apache-2.0
import { ManifestError, type Problem } from "./errors.ts";
import { show } from "./path.ts";

/** An image reference as an engine reads it. */
export interface ImageReference {
  /** Host, with port where one is written; `docker.io` where none is. */
  readonly registry: string;
  /** `library/redis`: with the `library/` that Docker Hub's short names leave out. */
  readonly repository: string;
  /** Null where none is written; with a null digest as well the engine takes `latest`. */
  readonly tag: string | null;
  /** `sha256:...`, null where none is written. */
  readonly digest: string | null;
}

const DEFAULT_REGISTRY = "docker.io";
const MAX_NAME_LENGTH = 255;
const HOST_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
const REGISTRY = new RegExp(`^(?:${HOST_LABEL}(?:\\.${HOST_LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]{1,5})?$`);
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
const IMAGE_ID = /^[0-9a-f]{64}$/;

/**
 * Reads an image reference in the distribution's grammar, with Docker's rule for the registry: the first
 * component is one only if it has a dot or a colon or is `localhost`. ManifestError E_MANIFEST_VALUE otherwise.
 */
export function parseImageReference(text: string): ImageReference {
  const problem = imageProblem(text);
  if (problem !== null)
    throw new ManifestError([{ code: "E_MANIFEST_VALUE", path: "image", at: null, ...problem }]);
  const { name, tag, digest } = split(text);
  const { registry, components } = splitName(name);
  const isHub =
    registry === null || registry === DEFAULT_REGISTRY || registry === `index.${DEFAULT_REGISTRY}`;
  const repository = isHub && components.length === 1 ? ["library", ...components] : components;
  return { registry: isHub ? DEFAULT_REGISTRY : registry, repository: repository.join("/"), tag, digest };
}

/** Whether a text is a registry's host as an image reference names it: `docker.io`, or one with a dot, a colon or `localhost`. */
export function isRegistryHost(text: string): boolean {
  return (/[.:]/.test(text) || text === "localhost") && REGISTRY.test(text);
}

/** What keeps a text from being an image reference; null when it is one. */
export function imageProblem(text: string): Problem | null {
  const { name, tag, digest } = split(text);
  if (name === "") return problem(`${show(text)} names no image`);
  if (name.length > MAX_NAME_LENGTH)
    return problem(`the image's name is longer than ${MAX_NAME_LENGTH} characters: it has ${name.length}`);
  if (IMAGE_ID.test(name)) return problem("an image id names no image that a provider could pull");
  return nameProblem(name) ?? tagProblem(tag) ?? digestProblem(digest);
}

function nameProblem(name: string): Problem | null {
  const { registry, components } = splitName(name);
  if (registry !== null && !REGISTRY.test(registry))
    return problem(`${show(registry)} is no registry's host`);
  const wrong = components.find((component) => !COMPONENT.test(component));
  if (wrong === undefined) return null;
  if (/[A-Z]/.test(wrong)) return problem(`${show(wrong)} has capital letters, which no repository has`);
  const whole = wrong === name ? "" : ` in ${show(name)}`;
  return problem(`${show(wrong)}${whole} is no part of a repository's name`);
}

function tagProblem(tag: string | null): Problem | null {
  return tag === null || TAG.test(tag) ? null : problem(`${show(tag)} is no tag`);
}

function digestProblem(digest: string | null): Problem | null {
  return digest === null || DIGEST.test(digest) ? null : problem(`${show(digest)} is no digest`);
}

function problem(reason: string): Problem {
  return { reason, fix: 'write "registry.example/name:tag", "name:tag" or "name@sha256:<64 hex digits>"' };
}

function split(text: string): { name: string; tag: string | null; digest: string | null } {
  const at = text.indexOf("@");
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  return {
    name: colon === -1 ? named : named.slice(0, colon),
    tag: colon === -1 ? null : named.slice(colon + 1),
    digest: at === -1 ? null : text.slice(at + 1),
  };
}

function splitName(name: string): { registry: string | null; components: readonly string[] } {
  const [first = "", ...others] = name.split("/");
  const isHost = others.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost
    ? { registry: first, components: others }
    : { registry: null, components: [first, ...others] };
}

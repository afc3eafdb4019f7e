// SPDX-License-Identifier: Apache-2.0
import { parseImageReference } from "@berth/sdk";
import { isImageId } from "../../domain/image.ts";
import { ask } from "./ask.ts";
import type { DockerContext } from "./context.ts";

/** Begins the tags that Berth gives: the rest is the digest, so that each pin has its own in its own repository. */
const MARK = "berth.";
const MARKED = /^(.+):berth\.([0-9a-f]{64})$/;

/**
 * The tag by which the engine itself remembers that Berth pulled what the pin names, over the loss of every journal; when it was given the
 * last time tells when the image was last needed. Null for
 * what no registry gave.
 */
export function markOf(pin: string): { readonly repo: string; readonly tag: string } | null {
  if (isImageId(pin)) return null;
  const { registry, repository, digest } = parseImageReference(pin);
  if (digest === null) return null;
  return { repo: `${registry}/${repository}`, tag: `${MARK}${digest.replace(/^sha256:/, "")}` };
}

/** The pin that a tag is the mark of, its name in the engine's spelling; null for any other tag. */
export function pinOfMark(name: string): string | null {
  const [, repo, hex] = MARKED.exec(name) ?? [];
  if (repo === undefined || hex === undefined) return null;
  const { registry, repository } = parseImageReference(repo);
  return `${registry}/${repository}@sha256:${hex}`;
}

/** Marks as pulled by Berth, and needed now, what the engine has under this pin. */
export function mark(context: DockerContext, pin: string, signal: AbortSignal): Promise<void> {
  return tagAs(context, pin, pin, signal);
}

/** Notes that an image which Berth pulled is needed now, or was until now; does nothing to any other. */
export async function keepMark(context: DockerContext, pin: string, signal: AbortSignal): Promise<void> {
  const own = markOf(pin);
  if (own !== null) await tagAs(context, `${own.repo}:${own.tag}`, pin, signal);
}

async function tagAs(
  context: DockerContext,
  source: string,
  pin: string,
  signal: AbortSignal,
): Promise<void> {
  const { engine } = context;
  const own = markOf(pin);
  if (own === null) return;
  await ask(engine, {
    what: `mark image ${pin}`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => void (await engine.docker.getImage(source).tag({ ...own, abortSignal })),
    outcomes: { 404: () => undefined },
  });
}

// SPDX-License-Identifier: Apache-2.0
import { parseImageReference, type ImageReference } from "@berth/sdk";
import { isImageId, pinOf, type ImageAccess, type PullWatch } from "../../domain/image.ts";
import { asLost, imageHindered, imageRefused } from "../registry/registry-errors.ts";
import { isImage } from "./answers.ts";
import { ask } from "./ask.ts";
import type { DockerContext } from "./context.ts";
import { engineRoot } from "./disk/engine-disk.ts";
import { get } from "./get.ts";
import { keepMark, mark, pinOfMark } from "./image-mark.ts";
import { diskShort, pullImage } from "./image-pull.ts";
import { checkedSize, registryFor, sizeProblem } from "./image-size.ts";

const MIB = 1024 * 1024;

/** What the engine tells of an image. */
export interface EngineImage {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly Size: number;
}

/**
 * What the reference names now: an image that only the engine has, where that is allowed, else what its registry says to whoever asks with
 * this login, also of an image that the engine has already. Errors: those of `Registry`.
 */
export async function resolveImage(
  context: DockerContext,
  image: string,
  access: ImageAccess,
  signal: AbortSignal,
): Promise<string> {
  const reference = referenceOf(image);
  const { digest, tag } = reference;
  if (digest !== null && !digest.startsWith("sha256:"))
    throw imageRefused("E_IMAGE_FORMAT", image, "its digest is not of the kind sha256");
  const local =
    digest === null && context.images.localImages ? await localImage(context, reference, signal) : null;
  if (local !== null) return local;
  const registry = registryFor(context, image, reference, access, signal);
  return pinOf(reference, await registry.digestOf(digest ?? tag ?? "latest"));
}

/**
 * Sees to it that the engine has what the pin names. Errors: as `Registry` and `pullImage`, and PermanentError E_IMAGE_LOST where nobody has
 * it any more, E_IMAGE_TOO_LARGE where it has too many layers or takes too much room, as sent or unpacked.
 */
export async function ensureImage(
  context: DockerContext,
  pin: string,
  watch: PullWatch,
  signal: AbortSignal,
): Promise<void> {
  const found = await inspectImage(context, pin, signal);
  if (found !== null) return takeFound(context, pin, found, signal);
  if (isImageId(pin)) throw lost(pin, "the provider's engine alone had it, and has it no more");
  const totalBytes = await checkedSize(context, pin, watch, signal).catch((error: unknown) => {
    throw asLost(error);
  });
  const reserveBytes = context.images.diskReserveMiB * MIB;
  const root = await engineRoot(context.engine, signal);
  const room = () => context.disk(root);
  const disk = await room();
  if (disk !== null && disk.freeBytes - totalBytes < reserveBytes) throw diskShort(pin);
  try {
    await pullImage(context.engine, { ...watch, pin, totalBytes, room, reserveBytes }, signal);
  } catch (error) {
    if (!signal.aborted) await removeUnmarked(context, pin, signal);
    throw asLost(error);
  }
  await checkPulled(context, pin, totalBytes, signal);
}

/** The image under this name, pin or id; null where the engine has none. */
export async function inspectImage(
  context: DockerContext,
  name: string,
  signal: AbortSignal,
): Promise<EngineImage | null> {
  const { engine } = context;
  return ask(engine, {
    what: `inspect image ${name}`,
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) => get<EngineImage>(engine, `/images/${name}/json`, abortSignal),
    check: isImage,
    outcomes: { 404: () => null },
  });
}

export async function removeImage(
  { engine }: Pick<DockerContext, "engine">,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  return ask(engine, {
    what: `remove image ${name}`,
    limitMs: engine.deadlines.change,
    signal,
    run: async (abortSignal) => {
      await engine.docker.getImage(name).remove({ abortSignal });
      return true;
    },
    outcomes: { 404: () => true, 409: () => false },
  });
}

/** What no registry has a digest of: nobody but this engine can have it. Asked for by its full name, which can be taken for no id. */
async function localImage(
  context: DockerContext,
  { registry, repository, tag }: ImageReference,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await inspectImage(context, `${registry}/${repository}:${tag ?? "latest"}`, signal);
  return found !== null && (found.RepoDigests ?? []).length === 0 ? found.Id : null;
}

/** What the engine has already. One without a mark was never measured: the provider's own, or what came while a daemon was killed. */
async function takeFound(
  context: DockerContext,
  pin: string,
  found: EngineImage,
  signal: AbortSignal,
): Promise<void> {
  const isMeasured = isImageId(pin) || isMarked(found, pin);
  const problem = isMeasured ? null : sizeProblem(context, pin, found.Size);
  if (problem !== null) throw problem;
  await keepMark(context, pin, signal);
}

/** What a pull that failed brought goes, unless another lease's pull has brought it meanwhile. */
async function removeUnmarked(context: DockerContext, pin: string, signal: AbortSignal): Promise<void> {
  const found = await inspectImage(context, pin, signal);
  if (found === null || !isMarked(found, pin)) await removeImage(context, pin, signal);
}

function isMarked({ RepoTags }: EngineImage, pin: string): boolean {
  return (RepoTags ?? []).some((name) => pinOfMark(name) === pin);
}

/** What was pulled is what the pin names, and no larger than it may be; then it is marked as ours, else it goes. */
async function checkPulled(
  context: DockerContext,
  pin: string,
  sentBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const found = await inspectImage(context, pin, signal);
  if (found === null) throw imageHindered("E_REGISTRY_UNREACHABLE", pin, "the pull ended without the image");
  const isPinned = (found.RepoDigests ?? []).some((name) => pinOfDigest(name) === pin);
  const size = sizeProblem(context, pin, found.Size, sentBytes);
  if (isPinned && size === null) return mark(context, pin, signal);
  await removeImage(context, pin, signal);
  throw size ?? imageRefused("E_IMAGE_DIGEST", pin, "what came is not what its digest names");
}

function pinOfDigest(name: string): string {
  const reference = parseImageReference(name);
  return pinOf(reference, reference.digest ?? "");
}

function referenceOf(image: string): ImageReference {
  try {
    return parseImageReference(image);
  } catch (error) {
    throw imageRefused("E_IMAGE_NOT_FOUND", image, "its name is none that an image can have", error);
  }
}

function lost(pin: string, why: string): unknown {
  return asLost(imageRefused("E_IMAGE_NOT_FOUND", pin, why));
}

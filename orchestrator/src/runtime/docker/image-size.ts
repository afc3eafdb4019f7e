// SPDX-License-Identifier: Apache-2.0
import { parseImageReference, type BerthError, type ImageReference } from "@berth/sdk";
import {
  MAX_CHOICES,
  MAX_CONFIG_MIB,
  MAX_LAYERS,
  MAX_RATIO,
  SMALL_MIB,
  type ImageAccess,
} from "../../domain/image.ts";
import { Registry } from "../registry/registry.ts";
import { imageRefused } from "../registry/registry-errors.ts";
import { imagesFor, parseRegistryManifest } from "../registry/registry-manifest.ts";
import { isPlatform } from "./answers.ts";
import { ask } from "./ask.ts";
import type { DockerContext } from "./context.ts";
import { get } from "./get.ts";

const MIB = 1024 * 1024;

/** Compressed bytes of what a pull would bring, if that may be brought. */
export async function checkedSize(
  context: DockerContext,
  pin: string,
  access: ImageAccess,
  signal: AbortSignal,
): Promise<number> {
  const reference = parseImageReference(pin);
  const registry = registryFor(context, pin, reference, access, signal);
  const body = await registry.manifest(reference.digest ?? "");
  const manifest = parseRegistryManifest(body);
  if (manifest?.kind !== "index") return sizeOf(context, pin, manifest);
  const digests = imagesFor(manifest, await platformOf(context, signal));
  if (digests.length === 0)
    throw imageRefused("E_IMAGE_NOT_FOUND", pin, "it is not built for this machine's processor");
  if (digests.length > MAX_CHOICES)
    throw imageRefused("E_IMAGE_FORMAT", pin, `its list names ${digests.length} images for this machine`);
  const sizes = await Promise.all(
    digests.map(async (digest) =>
      sizeOf(context, pin, parseRegistryManifest(await registry.manifest(digest))),
    ),
  );
  return Math.max(...sizes);
}

function sizeOf(
  { images }: DockerContext,
  pin: string,
  manifest: ReturnType<typeof parseRegistryManifest>,
): number {
  if (manifest?.kind !== "image")
    throw imageRefused("E_IMAGE_FORMAT", pin, "it is of a format that is not taken");
  const { config, layers, hasForeignLayers } = manifest;
  if (hasForeignLayers) throw imageRefused("E_IMAGE_FORMAT", pin, "a part of it lies outside its registry");
  if (layers.length > MAX_LAYERS)
    throw imageRefused(
      "E_IMAGE_TOO_LARGE",
      pin,
      `it has ${layers.length} layers, and ${MAX_LAYERS} are taken`,
    );
  if (config > MAX_CONFIG_MIB * MIB) throw tooLarge(pin, config, "for its configuration", MAX_CONFIG_MIB);
  const bytes = layers.reduce((sum, layer) => sum + layer, 0);
  if (bytes > images.imageMiB * MIB) throw tooLarge(pin, bytes, "to be sent", images.imageMiB);
  return bytes;
}

async function platformOf({ engine }: DockerContext, signal: AbortSignal) {
  const { Os, Arch } = await ask(engine, {
    what: "ask for its platform",
    limitMs: engine.deadlines.look,
    signal,
    run: (abortSignal) =>
      get<{ readonly Os: string; readonly Arch: string }>(engine, "/version", abortSignal),
    check: isPlatform,
  });
  return { os: Os, architecture: Arch };
}

export function registryFor(
  { images: rules, engine }: DockerContext,
  image: string,
  reference: ImageReference,
  { login }: ImageAccess,
  signal: AbortSignal,
): Registry {
  return new Registry({ rules, image, reference, login, limitMs: engine.deadlines.registry, signal });
}

/** What is wrong with an image's size once it is unpacked; null for one that may stay. `sentBytes` are what it took compressed. */
export function sizeProblem(
  { images }: DockerContext,
  pin: string,
  bytes: number,
  sentBytes = Infinity,
): BerthError | null {
  if (bytes > images.imageMiB * MIB) return tooLarge(pin, bytes, "unpacked", images.imageMiB);
  if (bytes <= SMALL_MIB * MIB || bytes <= sentBytes * MAX_RATIO) return null;
  const why = `it is more than ${MAX_RATIO} times as large unpacked as it was sent`;
  return imageRefused("E_IMAGE_TOO_LARGE", pin, why);
}

function tooLarge(pin: string, bytes: number, how: string, mostMiB: number): BerthError {
  const mib = Math.ceil(bytes / MIB);
  return imageRefused("E_IMAGE_TOO_LARGE", pin, `it takes ${mib} MiB ${how}, and ${mostMiB} MiB are taken`);
}

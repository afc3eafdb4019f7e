// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";

/** Media types of images and of lists of images, Docker's and OCI's. */
export const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
] as const;

/** What an engine runs, in Go's words: `linux`, `amd64`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

export interface ImageManifest {
  readonly kind: "image";
  /** Bytes of its configuration. */
  readonly config: number;
  /** Compressed bytes, layer by layer. */
  readonly layers: readonly number[];
  /** True where a layer is said to lie elsewhere than in the registry. */
  readonly hasForeignLayers: boolean;
}

export interface ImageIndex {
  readonly kind: "index";
  readonly images: readonly (Platform & { readonly digest: string })[];
}

const size = z.int().nonnegative();
const imageSchema = z.object({
  schemaVersion: z.literal(2),
  config: z.object({ size }).optional(),
  layers: z.array(z.object({ size, urls: z.array(z.string()).optional() })).max(10_000),
});
const indexSchema = z.object({
  schemaVersion: z.literal(2),
  manifests: z
    .array(
      z.object({
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
        platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
      }),
    )
    .max(10_000),
});

/** Reads a registry's manifest; null for what is neither an image nor a list of images of today's format. */
export function parseRegistryManifest(body: Buffer): ImageManifest | ImageIndex | null {
  const value = jsonOf(body);
  const index = indexSchema.safeParse(value);
  if (index.success) {
    const images = index.data.manifests.flatMap(({ digest, platform }) =>
      platform === undefined ? [] : [{ digest, os: platform.os, architecture: platform.architecture }],
    );
    return { kind: "index", images };
  }
  const image = imageSchema.safeParse(value);
  if (!image.success) return null;
  const { config, layers } = image.data;
  const hasForeignLayers = layers.some(({ urls }) => (urls?.length ?? 0) > 0);
  return {
    kind: "image",
    config: config?.size ?? 0,
    layers: layers.map((layer) => layer.size),
    hasForeignLayers,
  };
}

/** Digests of a list that an engine of this platform could choose. */
export function imagesFor({ images }: ImageIndex, { os, architecture }: Platform): readonly string[] {
  const own = images.filter((image) => image.os === os && image.architecture === architecture);
  return [...new Set(own.map(({ digest }) => digest))];
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { type ImageReference, parseImageReference, type RegistryLogin } from "@berth/sdk";

/*
 * A pin says for ever what runs: `registry/repository@sha256:...`, or `sha256:...`, the id of an image that only the engine has. A tag is
 * made into a pin once, when it is deployed.
 */

/** What a provider allows of images. */
export interface ImageRules {
  /** Whether an image that only his engine has, and no registry, may be run. */
  readonly localImages: boolean;
  /** Origins of registries on his own network, such as `http://127.0.0.1:5000`; any other must be at a public address, with TLS. */
  readonly localRegistries: readonly string[];
  /** The most that an image may take, as it is sent and unpacked alike. */
  readonly imageMiB: number;
  /** What stays free on the engine's disk whatever is pulled. */
  readonly diskReserveMiB: number;
}

/** The strict rules, which hold where nothing is said. */
export const STRICT_IMAGES: ImageRules = {
  localImages: false,
  localRegistries: [],
  imageMiB: 20_480,
  diskReserveMiB: 2_048,
};

/** The most layers of an image. */
export const MAX_LAYERS = 64;

/** The most that its configuration may take: an engine reads it into its memory, whole. */
export const MAX_CONFIG_MIB = 4;

/** How many times as large as it was sent an image may be unpacked: real ones are three or four times, a bomb a thousand. */
export const MAX_RATIO = 50;

/** What may be unpacked of however little: nobody is harmed by so much. */
export const SMALL_MIB = 128;

/** The most images that a list may name for one platform, of which an engine chooses one. */
export const MAX_CHOICES = 16;

/** On whose behalf a registry is asked. */
export interface ImageAccess {
  /** Null for what everybody may have. */
  readonly login: RegistryLogin | null;
}

/** A pull that somebody looks at. */
export interface PullWatch extends ImageAccess {
  readonly onProgress: (progress: PullProgress) => void;
}

export interface PullProgress {
  readonly fetchedBytes: number;
  readonly totalBytes: number;
  /** True once all of it is here. */
  readonly isUnpacking: boolean;
}

/** Room of the disk that the engine keeps images, containers and volumes on. */
export interface DiskUse {
  readonly totalBytes: number;
  /** What is free for anybody. */
  readonly freeBytes: number;
}

const IMAGE_ID = /^sha256:[0-9a-f]{64}$/;
const MIB = 1024 * 1024;

/** Whether a pin is the id of an image that only the engine has. */
export function isImageId(pin: string): boolean {
  return IMAGE_ID.test(pin);
}

export function pinOf({ registry, repository }: ImageReference, digest: string): string {
  return `${registry}/${repository}@${digest}`;
}

/** The registry that an image or a pin comes from; null for one that only the engine has. */
export function registryOf(image: string): string | null {
  return isImageId(image) ? null : parseImageReference(image).registry;
}

/** How full a disk is, 0 to 100, as `df` tells it: of what is not kept back for the system. */
export function usedPercent({ totalBytes, freeBytes }: DiskUse): number {
  return totalBytes === 0 ? 100 : (1 - freeBytes / totalBytes) * 100;
}

/** Progress in words for the tenant. */
export function progressText({ fetchedBytes, totalBytes, isUnpacking }: PullProgress): string {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
  if (isUnpacking) return `${mib(totalBytes)} MiB fetched, unpacking`;
  return `${mib(fetchedBytes)} of ${mib(totalBytes)} MiB fetched`;
}

// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { STRICT_IMAGES, type ImageRules } from "../domain/image.ts";

const isOrigin = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
const origins = z
  .string()
  .transform((list) =>
    list
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean),
  )
  .refine((list) => list.every(isOrigin), "is not a list of origins of the form http://host:port");
const mib = z.coerce.number("is not a whole number").int("is not a whole number").positive("is below 1");

/** What is configured of images: their rules, one key each. */
export const imageSettings = {
  /** Whether a lease may run an image that only this engine has, and no registry. */
  localImages: z.stringbool("is neither true nor false").default(STRICT_IMAGES.localImages),
  /** Registries on the provider's own network that leases may use. */
  localRegistries: origins.default(STRICT_IMAGES.localRegistries as string[]),
  imageMib: mib.default(STRICT_IMAGES.imageMiB),
  diskReserveMib: mib.default(STRICT_IMAGES.diskReserveMiB),
} as const;

export const IMAGE_FIXES: Readonly<Record<keyof typeof imageSettings, string>> = {
  localImages: "say true or false",
  localRegistries: "give origins such as http://127.0.0.1:5000, separated by commas",
  imageMib: "give the most MiB that an image may take",
  diskReserveMib: "give the MiB that stay free on the engine's disk",
};

type ImageConfig = { readonly [Key in keyof typeof imageSettings]: z.output<(typeof imageSettings)[Key]> };

export function imageRules(config: ImageConfig): ImageRules {
  const { localImages, localRegistries, imageMib: imageMiB, diskReserveMib: diskReserveMiB } = config;
  return { localImages, localRegistries, imageMiB, diskReserveMiB };
}

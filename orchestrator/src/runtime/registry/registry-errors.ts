// SPDX-License-Identifier: Apache-2.0
import { type BerthError, PermanentError, RetryableError } from "@berth/sdk";

/** Refusals of an image, by code: what each says, and what its tenant can do. None quotes what a registry wrote: it may be anything. */
const REFUSALS = {
  E_IMAGE_NOT_FOUND:
    "Check the image's name and tag, and that it is built for this machine's processor; a private one needs a login.",
  E_IMAGE_DENIED:
    "Make the image public, or give a login for its registry: `berth deploy --registry-logins`.",
  E_IMAGE_LOST: "Push the same image again, or deploy a manifest that names another one.",
  E_IMAGE_DIGEST:
    "Do not trust this registry, or what lies between: it gave something else than its digest names.",
  E_IMAGE_TOO_LARGE: "Make the image smaller, or choose a provider who takes larger ones.",
  E_IMAGE_FORMAT:
    "Push the image anew with a present-day tool: an OCI image or Docker's version 2, with all its layers.",
  E_REGISTRY_REFUSED:
    "Use a registry on the internet, or ask the provider to name this one in BERTH_LOCAL_REGISTRIES.",
} as const;

export type ImageRefusal = keyof typeof REFUSALS;

/** Hindrances that may pass. */
const HINDRANCES = {
  E_REGISTRY_UNREACHABLE: "Check this machine's way to the registry.",
  E_IMAGE_STALLED: "Use a faster registry, or a smaller image.",
  E_DISK_SHORT: "The provider has to make room on his disk; another provider may have it.",
} as const;

export type ImageHindrance = keyof typeof HINDRANCES;

/** No try will bring this image. */
export function imageRefused(
  code: ImageRefusal,
  image: string,
  why: string,
  cause?: unknown,
): PermanentError {
  return new PermanentError(code, `Image ${image} cannot be had: ${why}.`, {
    atRisk: "the lease does not run",
    next: REFUSALS[code],
    facts: { image },
    cause,
  });
}

/** A later try may. */
export function imageHindered(
  code: ImageHindrance,
  image: string,
  why: string,
  cause?: unknown,
): RetryableError {
  return new RetryableError(code, `Image ${image} cannot be pulled: ${why}.`, {
    atRisk: "the lease does not run yet; it will be tried again, or be given back if it was never started",
    next: HINDRANCES[code],
    facts: { image },
    cause,
  });
}

/** As the same kind of error with other words of the image: a pin that is gone is lost, not mistaken. */
export function asLost(error: unknown): unknown {
  const isGone = error instanceof PermanentError && error.code === "E_IMAGE_NOT_FOUND";
  if (!isGone) return error;
  const { message, facts } = error as BerthError;
  return new PermanentError(
    "E_IMAGE_LOST",
    `${message} It is what this lease runs, and no other image takes its place.`,
    {
      atRisk: "the lease does not run; nothing is paid meanwhile",
      next: REFUSALS.E_IMAGE_LOST,
      facts,
      cause: error,
    },
  );
}

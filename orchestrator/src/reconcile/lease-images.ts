// SPDX-License-Identifier: Apache-2.0
import { parseManifestSecrets, RetryableError, type RegistryLogin } from "@berth/sdk";
import type { Desired } from "../domain/desired.ts";
import type { LeaseId } from "../domain/identity.ts";
import { registryOf } from "../domain/image.ts";
import type { ObservedWorkload } from "../domain/observed.ts";
import type { ContainerRuntime } from "../ports/container-runtime.ts";
import type { Journal } from "../ports/journal.ts";
import type { PullBoard } from "./pull-board.ts";

type Pins = Pick<Journal, "imagePin" | "pinImage">;

interface ImageParts {
  readonly runtime: Pick<ContainerRuntime, "resolveImage" | "ensureImage">;
  readonly journal: Pins & Pick<Journal, "manifestSecrets">;
  readonly pulls: PullBoard;
}

/**
 * Has the image that a reference of the lease's manifest named when it was deployed. The pin is written down before anything is pulled: what
 * the reference names afterwards, nobody asks again.
 */
export async function haveImage(
  { runtime, journal, pulls }: ImageParts,
  { leaseId, image }: { readonly leaseId: LeaseId; readonly image: string },
  signal: AbortSignal,
): Promise<void> {
  const known = journal.imagePin(leaseId, image);
  const access = { login: loginFor(journal, leaseId, known ?? image) };
  const pin = known ?? (await runtime.resolveImage(image, access, signal));
  if (known === null) journal.pinImage(leaseId, image, pin);
  const pull = pulls.begin(leaseId, image);
  try {
    await runtime.ensureImage(pin, { ...access, onProgress: pull.moved }, signal);
  } catch (error) {
    pull.failed(error);
    throw error;
  } finally {
    pull.end();
  }
}

/** The pin of an image that was had for the lease. */
export function pinnedImage(journal: Pins, leaseId: LeaseId, image: string): string {
  const pin = journal.imagePin(leaseId, image);
  if (pin !== null) return pin;
  throw new RetryableError("E_IMAGE_UNPINNED", `Image ${image} of lease ${leaseId} was not had yet.`, {
    atRisk: "nothing: the container is made once it is",
    next: "Wait: it is tried again.",
    facts: { image, leaseId: String(leaseId) },
  });
}

/** What containers tell of the images that the manifest's references were made into, where the journal does not know it any more. */
export function takeInPins(journal: Pins, desired: Desired, observed: ObservedWorkload | null): void {
  if (desired.kind !== "run" || observed === null) return;
  const { leaseId, manifestHash, services } = desired.workload;
  for (const container of observed.containers) {
    const service = services.find(({ name }) => name === container.service);
    if (service === undefined || container.manifestHash !== manifestHash) continue;
    if (journal.imagePin(leaseId, service.image) === null)
      journal.pinImage(leaseId, service.image, container.image);
  }
}

function loginFor(
  journal: Pick<Journal, "manifestSecrets">,
  leaseId: LeaseId,
  image: string,
): RegistryLogin | null {
  const kept = journal.manifestSecrets(leaseId);
  const registry = kept === null ? null : registryOf(image);
  if (kept === null || registry === null) return null;
  return parseManifestSecrets(JSON.parse(kept)).registries[registry] ?? null;
}

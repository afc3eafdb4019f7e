// SPDX-License-Identifier: Apache-2.0
import { BerthError, PermanentError } from "@berth/sdk";
import type { Desired, LeaseFault } from "../domain/desired.ts";
import { failureOf } from "../domain/failure.ts";
import type { LeaseId } from "../domain/identity.ts";
import type { Step } from "../domain/step.ts";
import { isBringUpStep } from "./step-kinds.ts";

/** What a runtime's refusal says about, by its code; any other is the machine's own trouble. */
const CAUSES: Readonly<Record<string, LeaseFault["cause"]>> = {
  E_IMAGE_NOT_FOUND: "image",
  E_IMAGE_DENIED: "image",
  E_IMAGE_LABELS: "image",
  E_PORTS_EXHAUSTED: "capacity",
  E_IMAGE_LOST: "image",
  E_IMAGE_DIGEST: "image",
  E_IMAGE_FORMAT: "image",
  E_IMAGE_TOO_LARGE: "image",
  E_REGISTRY_REFUSED: "image",
  E_CANNOT_START: "manifest",
  E_NAME_REFUSED: "manifest",
  E_USER_REFUSED: "manifest",
  E_MOUNT_REFUSED: "manifest",
  E_RUNTIME_REFUSED: "manifest",
  E_VOLUME_SHRINK: "manifest",
};

/** What may pass, and is not waited for where nobody pays yet: the tenant gets his money back and the place is another's. */
const GIVEN_UP: Readonly<Record<string, LeaseFault["cause"]>> = {
  E_IMAGE_STALLED: "image",
  E_DISK_SHORT: "capacity",
};

/** The fault that a failed step proves; null when the same step may yet succeed. */
export function faultOfStep(step: Step, desired: Desired, error: unknown): LeaseFault | null {
  if (!(error instanceof BerthError) || desired.kind !== "run" || !isBringUpStep(step)) return null;
  const { leaseId } = desired;
  const givenUp = desired.status === "pending" ? GIVEN_UP[error.code] : undefined;
  if (!(error instanceof PermanentError) && givenUp === undefined) return null;
  const { manifestHash } = desired.workload;
  return { leaseId, manifestHash, ...failureOf(error), cause: givenUp ?? CAUSES[error.code] ?? "hardware" };
}

/** The fault of a kept manifest that cannot be made into a workload. */
export function faultOfManifest(leaseId: LeaseId, manifestHash: `0x${string}`, error: unknown): LeaseFault {
  return { leaseId, manifestHash, ...failureOf(error), cause: "manifest" };
}

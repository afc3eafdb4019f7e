// SPDX-License-Identifier: Apache-2.0
import { PermanentError } from "@berth/sdk";
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
  E_CANNOT_START: "manifest",
  E_NAME_REFUSED: "manifest",
  E_USER_REFUSED: "manifest",
  E_MOUNT_REFUSED: "manifest",
  E_RUNTIME_REFUSED: "manifest",
  E_VOLUME_SHRINK: "manifest",
};

/** The fault that a failed step proves; null when the same step may yet succeed. */
export function faultOfStep(step: Step, desired: Desired, error: unknown): LeaseFault | null {
  if (!(error instanceof PermanentError) || desired.kind !== "run" || !isBringUpStep(step)) return null;
  const { leaseId } = desired;
  const { manifestHash } = desired.workload;
  return { leaseId, manifestHash, ...failureOf(error), cause: CAUSES[error.code] ?? "hardware" };
}

/** The fault of a kept manifest that cannot be made into a workload. */
export function faultOfManifest(leaseId: LeaseId, manifestHash: `0x${string}`, error: unknown): LeaseFault {
  return { leaseId, manifestHash, ...failureOf(error), cause: "manifest" };
}

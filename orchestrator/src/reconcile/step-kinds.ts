// SPDX-License-Identifier: Apache-2.0
import type { ObservedWorkload } from "../domain/observed.ts";
import type { Step, StepAction } from "../domain/step.ts";

const LEDGER: readonly StepAction[] = [
  "startLease",
  "resumeLease",
  "pauseLease",
  "completeLease",
  "closeLease",
];
const BRING_UP: readonly StepAction[] = [
  "ensureImage",
  "createNetwork",
  "createVolume",
  "reservePorts",
  "createContainer",
  "startContainer",
];

/** True for a step that is a transaction. */
export function isLedgerStep({ action }: Step): boolean {
  return LEDGER.includes(action);
}

/** True for a step without which the workload cannot run. */
export function isBringUpStep({ action }: Step): boolean {
  return BRING_UP.includes(action);
}

/** What the step is about, in a word; nothing of a manifest but its names. */
export function subjectOf(step: Step): string {
  if ("image" in step) return step.image;
  if ("volume" in step) return step.volume;
  if ("cause" in step) return step.cause;
  if ("service" in step) return typeof step.service === "string" ? step.service : step.service.name;
  return "";
}

/** Whether the steps start a container again that ended by itself. */
export function restartsIn(steps: readonly Step[], observed: ObservedWorkload | null): boolean {
  const has = (action: "startContainer" | "removeContainer", service: string): boolean =>
    steps.some((step) => step.action === action && step.service === service);
  return (observed?.containers ?? []).some(
    ({ service, state, lostWithEngine }) =>
      state === "exited" &&
      !lostWithEngine &&
      has("startContainer", service) &&
      !has("removeContainer", service),
  );
}

// SPDX-License-Identifier: Apache-2.0
import { type CrashPoint, crashpoint } from "../crashpoint.ts";
import type { StepAction } from "../domain/step.ts";

type PointOf = Readonly<Partial<Record<StepAction, CrashPoint>>>;

const DONE: PointOf = {
  ensureImage: "image-had",
  createNetwork: "network-created",
  createVolume: "volume-created",
  createContainer: "container-created",
  startContainer: "container-started",
  stopContainer: "container-stopped",
  removeContainer: "container-removed",
  removeNetwork: "network-removed",
  removeVolume: "volume-removed",
};

const RECORDED: PointOf = {
  createContainer: "creation-recorded",
  startContainer: "start-recorded",
};

/** The crash point of a step whose effect is there, and whose intent is still open. */
export function crashWhenDone(action: StepAction): void {
  crash(DONE[action]);
}

/** The crash point of a step whose intent is settled. */
export function crashWhenRecorded(action: StepAction): void {
  crash(RECORDED[action]);
}

function crash(point: CrashPoint | undefined): void {
  if (point !== undefined) crashpoint(point);
}

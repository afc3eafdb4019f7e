// SPDX-License-Identifier: Apache-2.0
import { writeSync } from "node:fs";
import { UserError } from "@berth/sdk";

/** Every moment at which the daemon can be made to die, between one lasting effect and the next, in the order of a lease's life. */
export const CRASH_POINTS = [
  "journal-backed-up",
  "instance-claimed",
  "instance-kept",
  "manifest-kept",
  "events-noted",
  "intent-written",
  "image-had",
  "network-created",
  "volume-created",
  "container-created",
  "creation-recorded",
  "volume-helper-created",
  "container-started",
  "start-recorded",
  "nonce-chosen",
  "transaction-signed",
  "transaction-kept",
  "transaction-sent",
  "transaction-acknowledged",
  "receipt-found",
  "receipt-kept",
  "sample-taken",
  "sample-kept",
  "report-root-kept",
  "settlement-planned",
  "close-seen",
  "container-stopped",
  "container-removed",
  "network-removed",
  "volume-removed",
  "forgetting-begun",
] as const;

/** The same of volumes with a size, which a daemon has only where it is told to bound them. */
export const VOLUME_CRASH_POINTS = [
  "volume-formatted",
  "volume-image-made",
  "volume-image-grown",
  "volume-mounted",
  "volume-import-verified",
  "volume-import-taken",
  "volume-unmounted",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];
export type VolumeCrashPoint = (typeof VOLUME_CRASH_POINTS)[number];

const STANDARD_ERROR = 2;

let armed: CrashPoint | VolumeCrashPoint | null = null;
let passesLeft = 0;

/**
 * Makes the process die when it comes to a point, for the tests that look at what it leaves behind: `name`, or `name:3` for the
 * third time. Nothing is armed by an undefined setting. UserError E_CRASHPOINT_UNKNOWN for any other words.
 */
export function armCrashpoint(setting: string | undefined): void {
  armed = null;
  if (setting === undefined) return;
  const [, name, time = "1"] = /^([a-z-]+)(?::([1-9]\d*))?$/.exec(setting) ?? [];
  const point = [...CRASH_POINTS, ...VOLUME_CRASH_POINTS].find((each) => each === name);
  if (point === undefined) throw unknownPoint(setting);
  armed = point;
  passesLeft = Number(time);
}

/** Kills the process here, before anything else can happen, if this is the point that is armed; does nothing otherwise. */
export function crashpoint(point: CrashPoint | VolumeCrashPoint): void {
  if (point !== armed) return;
  passesLeft -= 1;
  if (passesLeft > 0) return;
  writeSync(STANDARD_ERROR, `${JSON.stringify({ crashpoint: point })}\n`);
  process.kill(process.pid, "SIGKILL");
}

function unknownPoint(setting: string): UserError {
  return new UserError("E_CRASHPOINT_UNKNOWN", `BERTH_CRASHPOINT names no crash point: ${setting}.`, {
    atRisk: "nothing: the daemon does not start",
    next: "Unset BERTH_CRASHPOINT: it kills the daemon, and is for its tests alone.",
    facts: { setting },
  });
}

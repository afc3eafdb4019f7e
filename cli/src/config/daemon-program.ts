// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from "node:url";
import { UserError } from "@berth/sdk";

const DAEMON = "@berth/orchestrator";

/** The words by which Node runs a program of the daemon's package: itself, or what measures its machine. UserError E_DAEMON_MISSING. */
export function daemonProgram(door: "." | "./probe"): readonly string[] {
  return ["--import", import.meta.resolve("tsx"), fileURLToPath(resolveDaemon(door.slice(1)))];
}

function resolveDaemon(door: string): string {
  try {
    return import.meta.resolve(`${DAEMON}${door}`);
  } catch (cause) {
    throw new UserError(
      "E_DAEMON_MISSING",
      `The daemon's package ${DAEMON} is not installed beside this one.`,
      {
        atRisk: "nothing: nothing was started",
        next: `Install ${DAEMON}.`,
        cause,
      },
    );
  }
}

// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { failureOf } from "../domain/failure.ts";

/** What ended the daemon, as one line of JSON for the parent process and the person behind it. */
export function errorLine(error: unknown): string {
  const { atRisk, next, facts } = error instanceof BerthError ? error : {};
  return JSON.stringify({ level: "fatal", ...failureOf(error), atRisk, next, facts });
}

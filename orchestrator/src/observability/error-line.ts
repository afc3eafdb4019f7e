// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { failureOf } from "../domain/failure.ts";
import { redactText } from "./redact.ts";

/** What ended the daemon, as one line of JSON for the parent process and the person behind it; as free of secrets as the log. */
export function errorLine(error: unknown): string {
  const { atRisk, next, facts } = error instanceof BerthError ? error : {};
  return redactText(JSON.stringify({ level: "fatal", ...failureOf(error), atRisk, next, facts }));
}

// SPDX-License-Identifier: Apache-2.0
import { BerthError, explainRevert, InvariantError, ManifestError, UserError } from "@berth/sdk";
import { BaseError } from "viem";
import type { ExitCode } from "./exit-codes.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { jsonLine } from "./json.ts";
import { sanitize } from "./sanitize.ts";

/** An error for a person: what happened, what is at risk, what to type next. */
export function errorText(error: BerthError): string {
  const lines = [
    `error: ${error.message}`,
    `at risk: ${error.atRisk}`,
    `next: ${error.next}`,
    `(${error.code})`,
  ];
  return sanitize(lines.join("\n"));
}

/** An error for a program: one line of JSON, `{"error": {...}}`. */
export function errorJson(error: BerthError, exitCode: ExitCode): string {
  const { code, message, atRisk, next, facts, retryable } = error;
  const refusals = error instanceof ManifestError ? { refusals: error.refusals } : {};
  return jsonLine({ error: { code, message, atRisk, next, facts, retryable, exitCode, ...refusals } });
}

/** Whatever was thrown, in our own words; a defect is said to be one. */
export function toBerthError(thrown: unknown): BerthError {
  if (thrown instanceof BerthError) return thrown;
  if (thrown instanceof BaseError) return explainRevert(thrown);
  if (isFileFailure(thrown)) return fileFailed(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new InvariantError("E_UNEXPECTED", `Something that should not happen: ${message}`, {
    atRisk: "unknown: `berth ps` and `berth status <lease>` show where your leases stand",
    next: "Try again; if it happens again, report it with this message.",
    cause: thrown,
  });
}

function isFileFailure(thrown: unknown): thrown is NodeJS.ErrnoException & { readonly path: string } {
  return thrown instanceof Error && "syscall" in thrown && "path" in thrown;
}

function fileFailed(cause: NodeJS.ErrnoException & { readonly path: string }): UserError {
  return new UserError("E_FILE_FAILED", `A file cannot be used: ${cause.message}`, {
    atRisk: "nothing more than before: files are written before money moves",
    next: `See to ${cause.path}: its permissions, and the space on its disk; dataDir names another folder.`,
    facts: { path: cause.path },
    cause,
  });
}

/** Writes an error where it belongs and answers the exit code. */
export function reportError(
  thrown: unknown,
  json: boolean,
  streams: { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WritableStream },
): ExitCode {
  const error = toBerthError(thrown);
  const exitCode = exitCodeOf(error);
  if (json) streams.stdout.write(`${errorJson(error, exitCode)}\n`);
  else streams.stderr.write(`${errorText(error)}\n`);
  return exitCode;
}

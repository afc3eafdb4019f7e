// SPDX-License-Identifier: Apache-2.0
import { PermanentError, RetryableError, type BerthError } from "@berth/sdk";
import type { Engine } from "./client.ts";

/** An answer of the engine that is not a success. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly cause: unknown;
}

/** The engine's refusal inside a client's error; null when the engine gave no answer at all. */
export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number")
    return null;
  const body = "json" in error ? error.json : null;
  const said = typeof body === "object" && body !== null && "message" in body ? body.message : null;
  return {
    status: error.statusCode,
    message: typeof said === "string" ? said : error.message.trim(),
    cause: error,
  };
}

/** The engine cannot be reached, or does not answer in time. */
export function unreachable(engine: Engine, what: string, why: string, cause: unknown): RetryableError {
  return new RetryableError(
    "E_RUNTIME_UNREACHABLE",
    `Docker Engine at ${engine.address}: cannot ${what}: ${why}.`,
    {
      atRisk:
        "the pay of leases whose workload is not known to run: they are paused; nothing is stopped, and what runs goes on running",
      next: `Check that the engine runs and that this user may open ${engine.address}.`,
      facts: { engine: engine.address },
      cause,
    },
  );
}

/** The engine says that all is well, and nobody can tell what it says beside that. */
export function unreadable(what: string): RetryableError {
  return new RetryableError(
    "E_RUNTIME_UNREADABLE",
    `Docker Engine's answer cannot be read: it was asked to ${what}.`,
    {
      atRisk: "nothing is decided until this can be read",
      next: "Use an engine version that this Berth knows, and nothing between it and the engine.",
    },
  );
}

/** A refusal that no caller expected: permanent when the engine calls the request itself wrong. */
export function refused(what: string, refusal: Refusal): BerthError {
  const details = { facts: { status: String(refusal.status) }, cause: refusal.cause };
  if (refusal.status === 400) {
    return new PermanentError("E_RUNTIME_REFUSED", `Docker Engine will not ${what}: ${refusal.message}`, {
      atRisk: "the lease does not run",
      next: "Change the manifest or the machine so that the request can be met.",
      ...details,
    });
  }
  return new RetryableError("E_RUNTIME_FAILED", `Docker Engine could not ${what}: ${refusal.message}`, {
    atRisk: "the step is not done; it will be tried again",
    next: "Read the engine's own log if this goes on.",
    ...details,
  });
}

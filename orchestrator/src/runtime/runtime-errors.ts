// SPDX-License-Identifier: Apache-2.0
import { PermanentError, RetryableError } from "@berth/sdk";

const GONE = {
  container: "E_CONTAINER_GONE",
  network: "E_NETWORK_GONE",
  volume: "E_VOLUME_GONE",
  image: "E_IMAGE_GONE",
} as const;
const BUSY = { network: "E_NETWORK_BUSY", volume: "E_VOLUME_BUSY" } as const;

/** Something that is not this lease's has the name that this lease's object must have. */
export function foreign(kind: "container" | "network" | "volume", name: string): PermanentError {
  return new PermanentError("E_FOREIGN_OBJECT", `The ${kind} ${name} exists and is not this lease's.`, {
    atRisk: "the lease cannot run; the object was not touched",
    next: `Find out whose the ${kind} is, and remove or rename it by hand.`,
    facts: { kind, name },
  });
}

/** What the step needs is not there (any more): looking again tells what to do first. */
export function gone(kind: keyof typeof GONE, name: string, cause?: unknown): RetryableError {
  return new RetryableError(GONE[kind], `The ${kind} ${name} is not there.`, {
    atRisk: "the step is not done",
    next: "Look at what exists and plan again.",
    facts: { kind, name },
    cause,
  });
}

/** The lease's containers still use what is to be removed. */
export function busy(kind: keyof typeof BUSY, name: string, cause?: unknown): RetryableError {
  return new RetryableError(BUSY[kind], `The ${kind} ${name} is still used by containers.`, {
    atRisk: "nothing; it stays, with all that is in it",
    next: "Remove the lease's containers first.",
    facts: { kind, name },
    cause,
  });
}

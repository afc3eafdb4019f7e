// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "../errors.ts";

/** A tool that should tell of GPUs does not. Never taken for there being none. */
export function unreadable(tool: string, why: string, cause?: unknown): RetryableError {
  return new RetryableError("E_GPUS_UNREADABLE", `${tool} does not tell of the GPUs: ${why}.`, {
    atRisk: "the pay of leases with GPUs, which are paused until these are seen again; no new lease is begun",
    next: `Run ${tool} by hand; a driver that was updated needs a restart of the machine.`,
    facts: { tool },
    cause,
  });
}

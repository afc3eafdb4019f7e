// SPDX-License-Identifier: Apache-2.0
import type { HostCapabilities } from "@berth/sdk";

/** Tries out what this machine can enforce upon tenants. */
export interface HostProbe {
  /** Leaves nothing behind. RetryableError where the engine does not answer: then nothing is known, and nothing is disproven. */
  measure(signal: AbortSignal): Promise<HostCapabilities>;
}

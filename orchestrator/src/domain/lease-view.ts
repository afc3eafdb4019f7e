// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary } from "@berth/sdk";
import type { Desired, LeaseRefusal } from "./desired.ts";
import type { Failure } from "./failure.ts";
import type { LeaseId } from "./identity.ts";
import type { Leftover } from "./leftover.ts";
import type { ObservedWorkload } from "./observed.ts";
import type { StepAction } from "./step.ts";

/** What the daemon last saw of a lease, and what it is doing about it. */
export interface LeaseView {
  readonly leaseId: LeaseId;
  /** Null where the block shows no such lease. */
  readonly lease: LeaseSummary | null;
  readonly block: { readonly number: bigint; readonly timestamp: bigint };
  /** When the look at it began, by the monotonic clock. */
  readonly seenAt: number;
  readonly desired: Desired;
  readonly observed: ObservedWorkload | null;
  /** The step that is being taken. */
  readonly step: StepAction | null;
  /** The last failure since something last went well. */
  readonly lastError: { readonly code: string; readonly message: string } | null;
  /** What cannot be cleared away of it, once it is over. */
  readonly leftovers: readonly Leftover[];
  /** Why it is not served; null where nothing is known against it. */
  readonly fault: LeaseRefusal | null;
  /** What the tenant should know of how a service last ended. */
  readonly exit: Failure | null;
  /** True while it crashes in a loop: then nothing is billed. */
  readonly isUnhealthy: boolean;
}

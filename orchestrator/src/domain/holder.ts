// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary } from "@berth/sdk";
import type { Failure } from "./failure.ts";

/**
 * Whose lease it is: its tenant, under which offer. A reorganisation may give a lease's number to another one; the same opening that is
 * only included again later has the same holder, while its times may differ.
 */
export function holderOf({ tenant, offerId }: Pick<LeaseSummary, "tenant" | "offerId">): string {
  return `${tenant.toLowerCase()} ${offerId}`;
}

/** What the tenant is told whose lease waits for an earlier one's workload to go. */
export const NUMBER_REUSED: Failure = {
  code: "E_LEASE_NUMBER_REUSED",
  message:
    "A replaced chain gave this number to another lease, whose workload rests here until that is final; then this lease is begun. " +
    "Nothing is billed meanwhile; a lease that is not started in time gives everything back.",
};

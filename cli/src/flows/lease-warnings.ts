// SPDX-License-Identifier: Apache-2.0
import type { LeaseSummary, ProviderSummary } from "@berth/sdk";

/** What a tenant should know now, each with what to type; none for a lease that is well or over. */
export function leaseWarnings(
  leaseId: bigint,
  { status, silent, startLate }: LeaseSummary,
  { lapsed }: ProviderSummary,
): readonly string[] {
  const running = status !== "closed" && status !== "pending";
  const warnings: readonly (readonly [boolean, string])[] = [
    [
      running && silent && !lapsed,
      "The provider is silent: nothing accrues beyond his last report period, and the workload may be gone.",
    ],
    [
      status === "lapsed",
      `The provider has lapsed: \`berth close ${leaseId}\` gives you the rest and the collateral behind the lease.`,
    ],
    [startLate, `The provider did not start it in time: \`berth close ${leaseId}\` takes everything back.`],
    [
      status === "depleted",
      `The balance is used up: \`berth topup ${leaseId} <amount>\` keeps the data, before its retention is over.`,
    ],
    [status === "paused", "The meter stands still: nothing accrues until the provider resumes."],
  ];
  return warnings.flatMap(([holds, words]) => (holds ? [words] : []));
}

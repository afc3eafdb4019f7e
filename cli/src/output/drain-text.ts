// SPDX-License-Identifier: Apache-2.0
import type { LeaseAtStake } from "../flows/drain/at-stake.ts";
import { inTokens } from "../flows/token.ts";
import { table } from "./table.ts";
import { formatTime } from "./time.ts";

/** What hangs on each open lease, for people. */
export function atStakeText(open: readonly LeaseAtStake[]): string {
  if (open.length === 0) return "no lease is open";
  const rows = open.map((lease) => [
    lease.leaseId.toString(),
    lease.status,
    lease.tenant,
    inTokens(lease.refundable, lease.token),
    timeOr(lease.paidUntil),
    timeOr(lease.endsAt),
    collateralText(lease),
  ]);
  return table(
    [
      "lease",
      "status",
      "tenant",
      "tenant's rest",
      "paid until",
      "ends by itself",
      "collateral if closed now",
    ],
    rows,
  );
}

function timeOr(seconds: bigint | null): string {
  return seconds === null ? "unknown" : formatTime(seconds);
}

function collateralText({ held, forfeited, token }: LeaseAtStake): string {
  if (forfeited > 0n) return `${inTokens(forfeited, token)} FORFEITED to the tenant`;
  return held > 0n ? `${inTokens(held, token)} held for a dispute` : "free at once";
}

/** How many, in words. */
export function leasesText(count: number): string {
  return count === 1 ? "1 lease" : `${count} leases`;
}

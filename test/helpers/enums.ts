// SPDX-License-Identifier: Apache-2.0

/** Where a lease stands, as the contract numbers it. */
export const Status = {
  None: 0n,
  Pending: 1n,
  Active: 2n,
  Paused: 3n,
  Depleted: 4n,
  Lapsed: 5n,
  Closed: 6n,
} as const;

export type StatusName = keyof typeof Status;

/** Why a lease ended, as the contract numbers it. */
export const Reason = {
  None: 0n,
  TenantClosed: 1n,
  ProviderClosed: 2n,
  Declined: 3n,
  NotStarted: 4n,
  Depleted: 5n,
  Lapsed: 6n,
  Completed: 7n,
} as const;

export type ReasonName = keyof typeof Reason;

/** What a provider says made him end a lease, as the contract numbers it. */
export const Cause = {
  Unspecified: 0n,
  Image: 1n,
  Manifest: 2n,
  Capacity: 3n,
  Hardware: 4n,
  Drain: 5n,
  Abuse: 6n,
  Price: 7n,
} as const;

/** The set of statuses as the contract writes it into its refusals: bit n stands for status n. */
export function statusSet(...names: StatusName[]): bigint {
  return names.reduce((set, name) => set | (1n << Status[name]), 0n);
}

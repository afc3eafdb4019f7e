// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import type { LeaseId } from "../domain/identity.ts";
import type { Admitted } from "./authenticate.ts";
import type { GatewayParts } from "./parts.ts";
import { chainDark } from "./refusals.ts";

/** Milliseconds for which what the daemon saw of a lease may say whose it is, while the chain does not. */
const MEMORY = 60_000;
/** What was seen before is no word on a chain that was replaced since. */
const NEVER_WITH = ["E_REORG_TOO_DEEP", "E_FINALITY_CROSSED"];

/**
 * The lease as the daemon last saw it on the chain, for a request that comes while the chain does not answer: a minute of darkness is no
 * reason to shut a tenant out. Throws RetryableError E_CHAIN_DARK where that is older, or tells of no such lease: whose it is, is unknown.
 */
export function rememberedLease(
  { clock, viewOf, provider }: GatewayParts,
  leaseId: LeaseId,
  failure: unknown,
): Admitted {
  if (!(failure instanceof BerthError) || !failure.retryable) throw failure;
  const view = NEVER_WITH.includes(failure.code) ? null : viewOf(leaseId);
  const lease = view !== null && clock.monotonic() - view.seenAt <= MEMORY ? view.lease : null;
  if (view === null || lease === null || !isSame(lease.provider, provider)) throw chainDark(leaseId, failure);
  return { leaseId, lease, block: view.block };
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

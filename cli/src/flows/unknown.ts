// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { Address } from "viem";

/** UserError E_LEASE_UNKNOWN. */
export function unknownLease(leaseId: bigint, market: Address): UserError {
  return new UserError("E_LEASE_UNKNOWN", `There is no lease ${leaseId} in the market ${market}.`, {
    atRisk: "nothing: nothing was sent",
    next: "Check the number, the chain and startBlock; `berth ps` lists your leases.",
    facts: { leaseId: leaseId.toString() },
  });
}

/** UserError E_PROVIDER_UNKNOWN. */
export function unknownProvider(provider: Address): UserError {
  return new UserError("E_PROVIDER_UNKNOWN", `Nobody registered as a provider under ${provider}.`, {
    atRisk: "nothing: nothing was sent",
    next: "Check the address, the chain and startBlock; `berth provider register` registers the account of your key.",
    facts: { provider },
  });
}

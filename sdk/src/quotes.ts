// SPDX-License-Identifier: Apache-2.0
import { type Address, type Hash, hashStruct } from "viem";
import type { Resources } from "./manifest/types.ts";
import type { Quote } from "./types.ts";

const RESOURCES_TYPES = {
  Resources: [
    { name: "cpuMillis", type: "uint32" },
    { name: "memoryMiB", type: "uint32" },
    { name: "storageMiB", type: "uint32" },
    { name: "gpuCount", type: "uint16" },
    { name: "gpuModel", type: "string" },
  ],
} as const;

/** What an operator signs to make a quote, as `signTypedData` takes it: EIP-712 data for one market on one chain. */
export function quoteTypedData(
  market: { readonly address: Address; readonly chainId: number },
  quote: Quote,
) {
  return {
    domain: {
      name: "ComputeMarket",
      version: "1",
      chainId: market.chainId,
      verifyingContract: market.address,
    },
    types: {
      Quote: [
        { name: "offerId", type: "uint256" },
        { name: "tenant", type: "address" },
        { name: "milliRatePerSecond", type: "uint256" },
        { name: "resourcesHash", type: "bytes32" },
        { name: "leaseId", type: "uint256" },
        { name: "expiresAt", type: "uint256" },
        { name: "salt", type: "bytes32" },
      ],
    },
    primaryType: "Quote",
    message: quote,
  } as const;
}

/** The EIP-712 hash of resources, which a quote names them by. */
export function hashResources(resources: Resources): Hash {
  return hashStruct({ data: { ...resources }, primaryType: "Resources", types: RESOURCES_TYPES });
}

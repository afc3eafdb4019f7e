// SPDX-License-Identifier: Apache-2.0
import type { Address, Hash } from "viem";

/** Longest life of a signed request, in seconds: one that lives longer is refused. */
export const MAX_REQUEST_LIFETIME = 300n;

/** What a tenant signs for every request to his provider's gateway. */
export interface GatewayRequest {
  readonly chainId: number;
  readonly market: Address;
  readonly leaseId: bigint;
  /** In capitals. */
  readonly method: string;
  /** Path and query as sent, from `/v1` on. */
  readonly path: string;
  /** keccak256 of the body's bytes; of no bytes where there is no body. */
  readonly bodyHash: Hash;
  /** Last second in which it counts, since 1970. */
  readonly expiresAt: bigint;
}

/** True while a request counts: not past its expiry, and not made to live longer than it may. All in seconds since 1970. */
export function isGatewayRequestFresh(expiresAt: bigint, now: bigint): boolean {
  return now <= expiresAt && expiresAt <= now + MAX_REQUEST_LIFETIME;
}

/** The EIP-712 message of a request, bound to chain and market. */
export function gatewayRequestTypedData(request: GatewayRequest) {
  const { chainId, market, ...message } = request;
  return {
    domain: { name: "Berth Gateway", version: "1", chainId, verifyingContract: market },
    types: {
      GatewayRequest: [
        { name: "leaseId", type: "uint256" },
        { name: "method", type: "string" },
        { name: "path", type: "string" },
        { name: "bodyHash", type: "bytes32" },
        { name: "expiresAt", type: "uint256" },
      ],
    },
    primaryType: "GatewayRequest",
    message,
  } as const;
}

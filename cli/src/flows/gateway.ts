// SPDX-License-Identifier: Apache-2.0
import type { GatewayClient } from "@berth/sdk";
import { createGatewayClient, UserError } from "@berth/sdk";
import type { Address } from "viem";
import { endpointOf } from "./history.ts";
import type { MarketSession, SigningSession } from "./session.ts";

const MILLISECONDS = 1_000;

/** Where a provider's gateway is. Throws UserError E_GATEWAY_ENDPOINT_INVALID for what is not a web address. */
export async function gatewayEndpoint(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<string> {
  const endpoint = await endpointOf(session, provider, signal);
  if (/^https?:\/\/./.test(endpoint) && URL.canParse(endpoint)) return endpoint;
  throw unusable(endpoint, provider);
}

/** A signed line to the gateway of a lease's provider. Throws what `gatewayEndpoint` throws. */
export async function openGateway(
  session: SigningSession,
  lease: { readonly leaseId: bigint; readonly provider: Address },
  signal: AbortSignal,
): Promise<GatewayClient> {
  const endpoint = await gatewayEndpoint(session, lease.provider, signal);
  return createGatewayClient({
    endpoint,
    chainId: session.market.chainId,
    market: session.market.address,
    leaseId: lease.leaseId,
    signer: session.wallet,
    now: () => BigInt(Math.floor(Date.now() / MILLISECONDS)),
  });
}

function unusable(endpoint: string, provider: Address): UserError {
  return new UserError(
    "E_GATEWAY_ENDPOINT_INVALID",
    `The provider ${provider} published no web address for his gateway.`,
    {
      atRisk: "a lease with him cannot start; its balance comes back after the start period",
      next: "Close the lease when its start period is over, and choose another provider.",
      facts: { endpoint, provider },
    },
  );
}

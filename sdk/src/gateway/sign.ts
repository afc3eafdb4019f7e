// SPDX-License-Identifier: Apache-2.0
import type { Account, Chain, Hex, LocalAccount, Transport, WalletClient } from "viem";
import { type GatewayRequest, gatewayRequestTypedData } from "./request.ts";

/** Whoever signs for the tenant: a local account, or a wallet with one. */
export type GatewaySigner = LocalAccount | WalletClient<Transport, Chain | undefined, Account>;

/** Headers that carry a request's signature. */
export interface GatewayHeaders {
  /** `expiresAt` in decimal. */
  readonly "x-berth-expires": string;
  readonly "x-berth-signature": Hex;
}

/** Signs a request as the tenant. */
export async function signGatewayRequest(
  signer: GatewaySigner,
  request: GatewayRequest,
): Promise<GatewayHeaders> {
  const typedData = gatewayRequestTypedData(request);
  const signature = isWallet(signer)
    ? await signer.signTypedData({ account: signer.account, ...typedData })
    : await signer.signTypedData(typedData);
  return { "x-berth-expires": String(request.expiresAt), "x-berth-signature": signature };
}

function isWallet(signer: GatewaySigner): signer is WalletClient<Transport, Chain | undefined, Account> {
  return "account" in signer;
}

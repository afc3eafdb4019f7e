// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  hashTypedData,
  type Hex,
  isAddressEqual,
  type PublicClient,
  recoverAddress,
} from "viem";
import { withSignal } from "../chain-read.ts";
import { BerthError } from "../errors.ts";
import { type GatewayRequest, gatewayRequestTypedData } from "./request.ts";

const MAGIC_VALUE = "0x1626ba7e";
const contractWalletAbi = [
  {
    name: "isValidSignature",
    type: "function",
    stateMutability: "view",
    inputs: [
      { name: "hash", type: "bytes32" },
      { name: "signature", type: "bytes" },
    ],
    outputs: [{ name: "magicValue", type: "bytes4" }],
  },
] as const;

/**
 * Whether a request was signed by the tenant: by his key, or by his contract wallet (ERC-1271). Says nothing about its expiry.
 * Throws RetryableError E_RPC_UNREACHABLE where only the chain could tell and does not answer.
 */
export async function verifyGatewayRequest(
  client: PublicClient,
  request: GatewayRequest,
  signature: Hex,
  tenant: Address,
  signal?: AbortSignal,
): Promise<boolean> {
  const hash = hashTypedData(gatewayRequestTypedData(request));
  const key = await recoverAddress({ hash, signature }).catch(() => undefined);
  if (key !== undefined && isAddressEqual(key, tenant)) return true;
  const code = await withSignal(client, signal, (reader) => reader.getCode({ address: tenant }));
  if (code === undefined) return false;
  return walletAccepts(client, tenant, [hash, signature], signal);
}

async function walletAccepts(
  client: PublicClient,
  wallet: Address,
  args: readonly [Hex, Hex],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const call = { address: wallet, abi: contractWalletAbi, functionName: "isValidSignature", args } as const;
  try {
    return (await withSignal(client, signal, (reader) => reader.readContract(call))) === MAGIC_VALUE;
  } catch (error) {
    if (error instanceof BerthError && !error.retryable) return false;
    throw error;
  }
}

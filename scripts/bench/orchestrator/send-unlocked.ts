// SPDX-License-Identifier: Apache-2.0
import type { ContractCall } from "@berth/sdk";
import { type Address, encodeFunctionData, type Hash, numberToHex } from "viem";
import type { MarketWorld } from "../../../orchestrator/src/chain/test/market-world.ts";

const GAS = 20_000_000n;

/** Lets the node sign as an account of its own and waits for no block: many transactions take little time so. */
export function sendUnlocked(
  { control }: Pick<MarketWorld, "control">,
  from: Address,
  call: ContractCall,
  { nonce, gas = GAS }: { readonly nonce?: number; readonly gas?: bigint } = {},
): Promise<Hash> {
  const place = nonce === undefined ? {} : { nonce: numberToHex(nonce) };
  const transaction = { from, to: call.address, data: encodeFunctionData(call), gas: numberToHex(gas) };
  return control.request({ method: "eth_sendTransaction", params: [{ ...transaction, ...place }] } as never);
}

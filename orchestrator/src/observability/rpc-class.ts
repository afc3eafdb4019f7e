// SPDX-License-Identifier: Apache-2.0

/** Kinds of requests to a node: few, so that a label of them stays small. */
export const RPC_CLASSES = ["block", "state", "logs", "fees", "receipt", "send", "other"] as const;

export type RpcClass = (typeof RPC_CLASSES)[number];

const CLASSES: Readonly<Record<string, RpcClass>> = {
  eth_blockNumber: "block",
  eth_getBlockByNumber: "block",
  eth_getBlockByHash: "block",
  eth_call: "state",
  eth_getBalance: "state",
  eth_getCode: "state",
  eth_getTransactionCount: "state",
  eth_getLogs: "logs",
  eth_gasPrice: "fees",
  eth_estimateGas: "fees",
  eth_feeHistory: "fees",
  eth_maxPriorityFeePerGas: "fees",
  eth_getTransactionReceipt: "receipt",
  eth_sendRawTransaction: "send",
};

export function rpcClassOf(method: string): RpcClass {
  return CLASSES[method] ?? "other";
}

// SPDX-License-Identifier: Apache-2.0
import { type BerthError, type ContractCall, explainRevert, RetryableError, withSignal } from "@berth/sdk";
import type { TransactionReceipt } from "viem";
import type { DeliveryOptions } from "./delivery.ts";

/** The contract's reason, by simulating the call on the state that the block left. */
export async function whyReverted(
  { account, client }: Pick<DeliveryOptions, "account" | "client">,
  purpose: string,
  call: ContractCall,
  { transactionHash, blockNumber }: TransactionReceipt,
  signal: AbortSignal,
): Promise<BerthError> {
  const unexplained = new RetryableError(
    "E_TRANSACTION_REVERTED",
    `The transaction to ${purpose} was undone by the contract in block ${blockNumber}; why cannot be told any more.`,
    {
      atRisk: "nothing but the gas: the call changed nothing",
      next: "What is to be done is decided anew from the state.",
      facts: { hash: transactionHash },
    },
  );
  const again = { ...call, account: account.address, blockNumber };
  try {
    await withSignal(client, signal, (reader) => reader.simulateContract(again));
    return unexplained;
  } catch (error) {
    signal.throwIfAborted();
    const explained = explainRevert(error);
    return explained.retryable ? unexplained : explained;
  }
}

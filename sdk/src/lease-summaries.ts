// SPDX-License-Identifier: Apache-2.0
import {
  type Address,
  type BaseError,
  decodeFunctionResult,
  encodeFunctionData,
  getAbiItem,
  getContractError,
  type Hex,
  type PublicClient,
} from "viem";
import { leaseSummaryFrom } from "./from-chain.ts";
import { computeMarketAbi as abi } from "./generated/abi.ts";
import { staticListReader } from "./static-words.ts";
import type { LeaseSummary } from "./types.ts";

type Answer = Parameters<typeof leaseSummaryFrom>[0];

/** Most leases that one call asks for: some 5 million gas, and every node allows far more. */
const SUMMARIES_PER_CALL = 500;
const functionName = "leaseSummaries";
const [{ components }] = getAbiItem({ abi, name: functionName }).outputs;
const readList = staticListReader(components);

/** The leases by calls. */
export function inLists(leaseIds: readonly bigint[]): readonly (readonly bigint[])[] {
  const starts = Array.from(
    { length: Math.ceil(leaseIds.length / SUMMARIES_PER_CALL) },
    (_, index) => index * SUMMARIES_PER_CALL,
  );
  return starts.map((start) => leaseIds.slice(start, start + SUMMARIES_PER_CALL));
}

/** As viem reads a contract, but for the answer, which is read word by word: a provider reads all of his leases several times a minute. */
export async function readSummaries(
  client: PublicClient,
  address: Address,
  lists: readonly (readonly bigint[])[],
  blockNumber: bigint | undefined,
): Promise<readonly LeaseSummary[]> {
  const answers = await Promise.all(
    lists.map(async (list) => {
      const args = [list] as const;
      const data = encodeFunctionData({ abi, functionName, args });
      try {
        const answer = await client.call({ to: address, data, blockNumber });
        return decodeSummaries(answer.data ?? "0x");
      } catch (error) {
        throw getContractError(error as BaseError, { abi, address, args, functionName }) as Error;
      }
    }),
  );
  return answers.flat().map(leaseSummaryFrom);
}

/** The answer to `leaseSummaries`; what is none is viem's to refuse. */
export function decodeSummaries(data: Hex): readonly Answer[] {
  try {
    if (readList !== null) return readList(data) as readonly Answer[];
  } catch {
    // Too short for its count, or no answer at all.
  }
  return decodeFunctionResult({ abi, functionName, data });
}

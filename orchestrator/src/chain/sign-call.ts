// SPDX-License-Identifier: Apache-2.0
import { type ContractCall, gasWithMargin, withSignal } from "@berth/sdk";
import { encodeFunctionData } from "viem";
import { crashpoint } from "../crashpoint.ts";
import { type DeliveryOptions, newest, type Versions } from "./delivery.ts";
import { capFees, type Fees, lesserOf, marketFees, raiseFees } from "./fees.ts";
import { readWith } from "./read.ts";
import { gasMoneyShort } from "./refusals.ts";
import { draftOf, signIntoOutbox } from "./signing.ts";

/** What is to be signed. */
export interface WantedCall {
  readonly purpose: string;
  readonly call: ContractCall;
  readonly nonce: number;
  /** Wei that it may cost at most; null where only the daemon's own cap holds. */
  readonly budget: bigint | null;
}

/**
 * Simulates the call, and if it would succeed, signs it into the outbox, in the place of what waits under the nonce. Answers what
 * waits there where the cap does not allow to outbid it, and null where the call would cost more than its budget.
 */
export async function signCall(
  options: DeliveryOptions,
  { purpose, call, nonce, budget }: WantedCall,
  before: Versions | null,
  signal: AbortSignal,
): Promise<Versions | null> {
  const { account, client, chainId, journal, maxFeePerGas } = options;
  const { address } = account;
  const estimate = await withSignal(client, signal, (reader) =>
    reader.estimateContractGas({ ...call, account: address }),
  );
  const gas = gasWithMargin(estimate);
  const [balance, market] = await readWith(client, signal, (reader) =>
    Promise.all([reader.getBalance({ address }), marketFees(reader)]),
  );
  const feeCap = budget === null ? null : budget / gas;
  if (feeCap !== null && market.maxFeePerGas > feeCap) return null;
  const fees = feesAfter(before, market, feeCap === null ? maxFeePerGas : lesserOf(feeCap, maxFeePerGas));
  if (fees === null) return feeCap === null ? before : null;
  if (balance < gas * fees.maxFeePerGas) throw gasMoneyShort(address, gas * fees.maxFeePerGas, balance);
  const draft = { chainId, nonce, to: call.address, data: encodeFunctionData(call), gas, ...fees };
  crashpoint("nonce-chosen");
  const entry = await signIntoOutbox(account, journal, { purpose, feeCap }, draft);
  return before === null ? [entry] : [...before, entry];
}

/** What to offer now; null where it cannot outbid what waits. */
function feesAfter(before: Versions | null, market: Fees, cap: bigint): Fees | null {
  return before === null ? capFees(market, cap) : raiseFees(draftOf(newest(before)), market, cap);
}

// SPDX-License-Identifier: Apache-2.0
import type { ContractFunctionReturnType } from "viem";
import { InvariantError } from "./errors.ts";
import type { computeMarketAbi } from "./generated/abi.ts";
import {
  CLOSE_CAUSES,
  CLOSE_REASONS,
  type CloseCause,
  type CloseReason,
  LEASE_STATUSES,
  type LeaseStatus,
  type LeaseSummary,
  type Offer,
  type ProviderSummary,
} from "./types.ts";

type Answer<Name extends "leaseSummary" | "providerOf" | "offerOf"> = ContractFunctionReturnType<
  typeof computeMarketAbi,
  "view",
  Name
>;

/** The contract's number as our word. Throws InvariantError E_WORD_UNKNOWN for a number that has none. */
export function closeReasonOf(index: number): CloseReason {
  return wordAt(CLOSE_REASONS, index);
}

/** As {@link closeReasonOf}. */
export function closeCauseOf(index: number): CloseCause {
  return wordAt(CLOSE_CAUSES, index);
}

/** As {@link closeReasonOf}. */
export function leaseStatusOf(index: number): LeaseStatus {
  return wordAt(LEASE_STATUSES, index);
}

export function leaseSummaryFrom(answer: Answer<"leaseSummary">): LeaseSummary {
  return { ...answer, status: leaseStatusOf(answer.status), reason: closeReasonOf(answer.reason) };
}

export function providerSummaryFrom(answer: Answer<"providerOf">): ProviderSummary {
  const { reportPeriod, instance, clock, clockNow } = answer;
  return {
    ...answer,
    reportPeriod: BigInt(reportPeriod),
    instance: BigInt(instance),
    clock: BigInt(clock),
    clockNow: BigInt(clockNow),
  };
}

export function offerFrom({ provider, terms, capacity, taken, closed }: Answer<"offerOf">): Offer {
  return { provider, terms, capacity: BigInt(capacity), taken: BigInt(taken), closed };
}

function wordAt<Word>(words: readonly Word[], index: number): Word {
  const word = words[index];
  if (word === undefined) {
    throw new InvariantError(
      "E_WORD_UNKNOWN",
      `The contract answered ${index} where ${words.length} words are known.`,
      {
        atRisk: "nothing: the answer was not used",
        next: "Check that the address is this version's market.",
        facts: { index: String(index) },
      },
    );
  }
  return word;
}

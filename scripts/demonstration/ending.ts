// SPDX-License-Identifier: Apache-2.0
import { formatAmount } from "@berth/sdk";
import type { PhaseRunner } from "../../cli/src/flows/phases.ts";
import { awaitNothingLeft } from "./leftovers.ts";
import type { Stage } from "./stage.ts";
import { claimEarnings, closeLease, readLedger, withdrawRefund, type LeaseLedger } from "./tenant.ts";

/** The end of a lease, in this order. */
export const END_PHASES = ["closing", "clearing", "withdrawing", "claiming"] as const;

export type EndPhase = (typeof END_PHASES)[number];

/** A lease that is over: what the logs tell of it, and what left the market. */
export interface EndedLease {
  readonly ledger: LeaseLedger;
  readonly claimed: bigint;
}

/** Closes a lease, waits until nothing of it is left on the engine, and takes both sides' money out. */
export async function endLease(
  stage: Stage,
  leaseId: bigint,
  phases: PhaseRunner<EndPhase>,
  signal: AbortSignal,
): Promise<EndedLease> {
  const words = (units: bigint): string =>
    `${formatAmount(units, stage.local.token.decimals)} ${stage.local.token.symbol}`;
  const ledger = await phases.run("closing", "closing the lease", async () => {
    await closeLease(stage, leaseId);
    const { paid, refunded, ...rest } = await readLedger(stage, leaseId);
    const text = `${words(paid)} to the provider, ${words(refunded)} back`;
    return { value: { paid, refunded, ...rest }, text, facts: { paid, refunded } };
  });
  await phases.run("clearing", "waiting for the container to go", async () => {
    await awaitNothingLeft(stage.runtime, signal);
    return { value: null, text: "no container, network or volume is left" };
  });
  await phases.run("withdrawing", "the tenant takes his refund", async () => {
    const withdrawn = await withdrawRefund(stage);
    return { value: null, text: words(withdrawn), facts: { withdrawn } };
  });
  const claimed = await phases.run("claiming", "the provider takes his earnings", async () => {
    const amount = await claimEarnings(stage, leaseId);
    return { value: amount, text: words(amount), facts: { claimed: amount } };
  });
  return { ledger, claimed };
}

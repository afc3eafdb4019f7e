// SPDX-License-Identifier: Apache-2.0
import type { Transport } from "viem";
import type { StepAction } from "../domain/step.ts";
import type { Clock } from "../ports/clock.ts";
import type { MarketActions } from "../ports/market-chain.ts";
import type { Metrics } from "./metrics.ts";

/** The same runner of steps, each step counted and timed. */
export function measuredSteps<Step extends { readonly action: StepAction }>(
  run: (step: Step, signal: AbortSignal) => Promise<void>,
  { stepEnded }: Pick<Metrics, "stepEnded">,
  clock: Pick<Clock, "monotonic">,
): (step: Step, signal: AbortSignal) => Promise<void> {
  return async (step, signal) => {
    const startedAt = clock.monotonic();
    const ended = (outcome: "done" | "failed"): void =>
      stepEnded(step.action, outcome, clock.monotonic() - startedAt);
    try {
      await run(step, signal);
    } catch (error) {
      ended("failed");
      throw error;
    }
    ended("done");
  };
}

/** The same acts, reports counted. */
export function measuredReports(
  actions: MarketActions,
  { reportEnded }: Pick<Metrics, "reportEnded">,
): MarketActions {
  const report: MarketActions["report"] = async (what, signal) => {
    try {
      const receipt = await actions.report(what, signal);
      reportEnded("sent");
      return receipt;
    } catch (error) {
      if (!signal.aborted) reportEnded("failed");
      throw error;
    }
  };
  return { ...actions, report };
}

/**
 * The same way to an endpoint, requests counted: answered, refused by a node that answers, or failed. `place`: where it stands in
 * the list of endpoints, from 1.
 */
export function measuredTransport(
  inner: Transport,
  place: number,
  { rpcEnded }: Pick<Metrics, "rpcEnded">,
): Transport {
  return (options) => {
    const made = inner(options);
    const request: typeof made.request = async (asked, ...rest) => {
      try {
        const answer = await made.request(asked, ...rest);
        rpcEnded(place, asked.method, "answered");
        return answer as never;
      } catch (error) {
        rpcEnded(place, asked.method, isAnswer(error) ? "refused" : "failed");
        throw error;
      }
    };
    return { ...made, request };
  };
}

/** An error with a code of its own is the node's word. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "number";
}

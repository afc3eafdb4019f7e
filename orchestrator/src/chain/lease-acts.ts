// SPDX-License-Identifier: Apache-2.0
import type { CloseCause, ContractCall, LeaseStatus, MarketCalls } from "@berth/sdk";
import type { LeaseId } from "../domain/identity.ts";

/** A change of one lease's status. */
export interface LeaseAct {
  readonly verb: string;
  readonly call: (instance: bigint, leaseId: LeaseId) => ContractCall;
  /** The statuses in which its effect is there already. */
  readonly done: readonly LeaseStatus[];
  /** The statuses that a lease cannot have in the block in which it happened. */
  readonly left: readonly LeaseStatus[];
}

const ENDED = {
  done: ["closed"],
  left: ["none", "pending", "active", "paused", "depleted", "lapsed"],
} as const;

/** The changes of status that the daemon makes. */
export interface LeaseActs {
  readonly start: LeaseAct;
  readonly pause: LeaseAct;
  readonly resume: LeaseAct;
  readonly complete: (exitCode: number) => LeaseAct;
  readonly close: (cause: CloseCause) => LeaseAct;
}

/** How each change is asked for at a market's address. */
export function leaseActs(calls: MarketCalls): LeaseActs {
  return {
    start: {
      verb: "start",
      call: (instance, leaseId) => calls.start(instance, [leaseId]),
      done: ["active", "paused", "depleted", "lapsed"],
      left: ["none", "pending"],
    },
    pause: {
      verb: "pause",
      call: calls.pause,
      done: ["paused"],
      left: ["none", "active"],
    },
    resume: {
      verb: "resume",
      call: calls.resume,
      done: ["active"],
      left: ["none", "paused"],
    },
    complete: (exitCode) => ({
      verb: "complete",
      call: (instance, leaseId) => calls.complete(instance, leaseId, BigInt(exitCode), ""),
      ...ENDED,
    }),
    close: (cause) => ({
      verb: "close",
      call: (instance, leaseId) => calls.closeByProvider(instance, [leaseId], cause),
      ...ENDED,
    }),
  };
}

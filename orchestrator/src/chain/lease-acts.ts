// SPDX-License-Identifier: Apache-2.0
import type { CloseCause, ContractCall, LeaseStatus, LeaseSummary, MarketCalls } from "@berth/sdk";
import type { LeaseId } from "../domain/identity.ts";
import type { Worth } from "./queue.ts";

interface Change {
  readonly verb: string;
  /** The statuses in which its effect is there already. */
  readonly done: readonly LeaseStatus[];
  /** The statuses that a lease cannot have in the block in which it happened. */
  readonly left: readonly LeaseStatus[];
}

/** A change of one lease's status. */
export interface LeaseAct extends Change {
  readonly call: (instance: bigint, leaseId: LeaseId) => ContractCall;
}

/** A change of the status of several leases at once. */
export interface SharedAct extends Change {
  readonly worth: Worth;
  readonly call: (instance: bigint, leaseIds: readonly LeaseId[]) => ContractCall;
  /** False for a lease that the contract would skip in a list, or for which it would refuse the list: asked alone, it says why. */
  readonly isFit: (lease: LeaseSummary) => boolean;
}

const ENDED = {
  done: ["closed"],
  left: ["none", "pending", "active", "paused", "depleted", "lapsed"],
} as const;

/** The changes of status that the daemon makes. */
export interface LeaseActs {
  readonly start: SharedAct;
  readonly pause: LeaseAct;
  readonly resume: LeaseAct;
  readonly complete: (exitCode: number) => LeaseAct;
  readonly close: (cause: CloseCause) => SharedAct;
}

/** How each change is asked for at a market's address. */
export function leaseActs(calls: MarketCalls): LeaseActs {
  return {
    start: {
      verb: "start",
      worth: "start",
      call: calls.start,
      isFit: ({ status, startLate }) => status === "pending" && !startLate,
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
      worth: "close",
      call: (instance, leaseIds) => calls.closeByProvider(instance, leaseIds, cause),
      isFit: ({ status }) => status !== "none" && status !== "closed",
      ...ENDED,
    }),
  };
}

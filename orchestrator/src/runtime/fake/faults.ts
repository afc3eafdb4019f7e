// SPDX-License-Identifier: Apache-2.0
import type { LeaseId } from "../../domain/identity.ts";
import { RetryableError } from "@berth/sdk";
import type { ContainerRuntime } from "../../ports/container-runtime.ts";

export type RuntimeMethod = keyof ContainerRuntime;

type Fault =
  | { readonly kind: "fail"; readonly error: Error }
  | { readonly kind: "hang" }
  | { readonly kind: "drop reply" };

/** What goes wrong with coming calls, each fault once, in the order in which they were ordered. */
export class Faults {
  readonly #waiting = new Map<RuntimeMethod, Fault[]>();

  order(method: RuntimeMethod, fault: Fault): void {
    this.#waiting.set(method, [...(this.#waiting.get(method) ?? []), fault]);
  }

  /** Runs the action as the next fault of the method will have it. */
  async meet<T>(method: RuntimeMethod, signal: AbortSignal, action: () => T): Promise<T> {
    signal.throwIfAborted();
    const fault = this.#waiting.get(method)?.shift();
    if (fault?.kind === "fail") throw fault.error;
    if (fault?.kind === "hang") return untilAborted(signal);
    const result = action();
    if (fault?.kind === "drop reply") throw lostReply(method);
    return result;
  }
}

export interface FakeCall {
  readonly method: RuntimeMethod;
  readonly leaseId: LeaseId | null;
  /** Service, volume or image that the call was about. */
  readonly part: string | null;
}

/** The engine as it looks when it does not answer. */
export function engineAway(what: string): RetryableError {
  return new RetryableError("E_RUNTIME_UNREACHABLE", `The fake engine does not answer: ${what}.`, {
    atRisk: "nothing",
    next: "Try again.",
  });
}

function lostReply(method: RuntimeMethod): RetryableError {
  return engineAway(`the reply to ${method} was lost after it was done`);
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

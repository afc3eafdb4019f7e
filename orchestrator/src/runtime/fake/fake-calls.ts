// SPDX-License-Identifier: Apache-2.0
import { type FakeCall, Faults, type RuntimeMethod } from "./faults.ts";

/** Calls that a test sees, and whose faults it orders. */
export abstract class FakeCalls {
  /** Every call, in order, whatever came of it. */
  readonly calls: FakeCall[] = [];
  readonly #faults = new Faults();

  /** The next call of the method fails and changes nothing. */
  failNext(method: RuntimeMethod, error: Error): void {
    this.#faults.order(method, { kind: "fail", error });
  }

  /** The next call of the method changes nothing and answers only its signal's abort. */
  hangNext(method: RuntimeMethod): void {
    this.#faults.order(method, { kind: "hang" });
  }

  /** The next call of the method does its work, and fails as if the reply were lost. */
  dropReplyAfterCommit(method: RuntimeMethod): void {
    this.#faults.order(method, { kind: "drop reply" });
  }

  /** Does the work of a call, unless something else was ordered. */
  protected meet<T>(
    call: Pick<FakeCall, "method"> & Partial<FakeCall>,
    signal: AbortSignal,
    action: () => T,
  ): Promise<T> {
    this.calls.push({ leaseId: null, part: null, ...call });
    return this.#faults.meet(call.method, signal, action);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { unlessAborted } from "./read.ts";

/** Runs one piece of work at a time, in the order of the calls. */
export type Queue = <Result>(signal: AbortSignal, work: () => Promise<Result>) => Promise<Result>;

/** A queue of its own. Work whose signal is aborted while it waits is never begun; what fails does not stop what follows. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (signal, work) => {
    const turn = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = turn.catch(() => undefined);
    return unlessAborted(signal, turn);
  };
}

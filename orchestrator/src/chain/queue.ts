// SPDX-License-Identifier: Apache-2.0
import { unlessAborted } from "./read.ts";

/**
 * What an act is worth to provider and tenants, the most first: a report carries the pay of every lease, a start begins one, a pause, a
 * resumption or a job's end sets the pay of one right; money that is settled later is not lost, and neither is what a close frees.
 */
const WORTHS = ["report", "start", "change", "settle", "close"] as const;

export type Worth = (typeof WORTHS)[number];

/** Runs one piece of work at a time: of what waits, what is worth most, and of equals what was asked for first. */
export type Queue = <Result>(
  worth: Worth,
  signal: AbortSignal,
  work: () => Promise<Result>,
) => Promise<Result>;

/** A queue of its own. Work whose signal is aborted while it waits is never begun; what fails does not stop what follows. */
export function createQueue(): Queue {
  const waiting = new Map<Worth, (() => Promise<unknown>)[]>(WORTHS.map((worth) => [worth, []]));
  let isBusy = false;
  const goOn = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    await Promise.resolve();
    for (let next = takeFirst(waiting); next !== undefined; next = takeFirst(waiting))
      await next().catch(() => undefined);
    isBusy = false;
  };
  return (worth, signal, work) => {
    const turn = new Promise<Awaited<ReturnType<typeof work>>>((resolve, reject) => {
      const begin = async (): Promise<void> => {
        signal.throwIfAborted();
        resolve(await work());
      };
      waiting.get(worth)?.push(() => begin().catch(reject));
    });
    turn.catch(() => undefined);
    void goOn();
    return unlessAborted(signal, turn);
  };
}

function takeFirst(
  waiting: ReadonlyMap<Worth, (() => Promise<unknown>)[]>,
): (() => Promise<unknown>) | undefined {
  return [...waiting.values()].find((each) => each.length > 0)?.shift();
}

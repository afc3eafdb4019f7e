// SPDX-License-Identifier: Apache-2.0
import { backoffDelay } from "./backoff.ts";
import { inWords } from "./duration.ts";
import type { Failure } from "./failure.ts";

/** How one incarnation of a service ended by itself. Times in milliseconds of the monotonic clock. */
export interface Exit {
  readonly service: string;
  readonly containerId: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Null where the runtime knows none. */
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
}

/** What a lease's exits come to. */
export interface RestartVerdict {
  /** When what has exited may be started again, by the monotonic clock. */
  readonly notBefore: number;
  /** A crash loop: the tenant does not pay until a service has run for a minute again. */
  readonly isUnhealthy: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PATIENCE = { first: 1_000, longest: 10 * MINUTE };
/** A service that ran for so long is not in a crash loop. */
const STABLE_RUN = MINUTE;
const LOOP_EXITS = 5;
const LOOP_PERIOD = 10 * MINUTE;
const STARTS_AN_HOUR = 8;
/** Milliseconds for which an exit counts. */
export const EXIT_MEMORY = HOUR + LOOP_PERIOD;

/**
 * When what has exited may be started again, and whether it crashes in a loop: from the fifth exit within ten minutes until it has
 * run for a minute. Waits double with each quick exit in a row, up to ten minutes, and there are never more than eight starts in
 * an hour, however long each run was. `runningSince` is when the youngest of what runs was started, null where a service is down;
 * `exits` are in the order of their ends.
 */
export function judgeExits(exits: readonly Exit[], runningSince: number | null, now: number): RestartVerdict {
  const last = exits.at(-1);
  if (last === undefined) return { notBefore: 0, isUnhealthy: false };
  const quick = exits.slice(exits.findLastIndex(ranWell) + 1);
  const isStable = runningSince !== null && now - runningSince >= STABLE_RUN;
  const wait = backoffDelay(PATIENCE, quick.length, 1);
  return {
    notBefore: Math.max(last.finishedAt + wait, endOfFullHour(exits)),
    isUnhealthy: !isStable && (hasLoop(quick) || hasLoop(exits.slice(-LOOP_EXITS))),
  };
}

/** What a tenant is told of the last exit; null for one without fault. */
export function failureOfExits(exits: readonly Exit[], isUnhealthy: boolean): Failure | null {
  const last = exits.at(-1);
  if (last === undefined || (last.exitCode === 0 && !last.oomKilled && !isUnhealthy)) return null;
  const { service, exitCode, oomKilled } = last;
  const paused = isUnhealthy
    ? ` It has crashed ${LOOP_EXITS} times in ${inWords(LOOP_PERIOD / 1_000)}: nothing is paid until it has run for a minute.`
    : "";
  if (oomKilled) {
    const message = `Service ${service} was ended because it needed more memory than its limit.${paused}`;
    return { code: "E_SERVICE_OUT_OF_MEMORY", message };
  }
  const code = isUnhealthy ? "E_SERVICE_CRASH_LOOP" : "E_SERVICE_EXITED";
  return { code, message: `Service ${service} ended with exit code ${exitCode ?? "unknown"}.${paused}` };
}

function ranWell({ startedAt, finishedAt }: Exit): boolean {
  return finishedAt - startedAt >= STABLE_RUN;
}

function hasLoop(exits: readonly Exit[]): boolean {
  return exits.some(({ finishedAt }, index) => {
    const fifth = exits[index + LOOP_EXITS - 1];
    return fifth !== undefined && fifth.finishedAt - finishedAt <= LOOP_PERIOD;
  });
}

/** The end of the hour that began with the eighth start before the next one; every remembered exit had a start of its own. */
function endOfFullHour(exits: readonly Exit[]): number {
  const starts = exits.map(({ startedAt }) => startedAt).sort((one, other) => one - other);
  const eighth = starts.at(-STARTS_AN_HOUR);
  return eighth === undefined ? 0 : eighth + HOUR;
}

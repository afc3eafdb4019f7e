// SPDX-License-Identifier: Apache-2.0
import type { Truth } from "../fake-engine/truth.ts";

/** Seconds for which a container's processes lived between two times, in milliseconds since 1970; all of its lives together. */
export function servedSeconds(truth: Truth, name: string, from: number, until: number): number {
  const lives = truth.starts(name).map(({ startedAt, endedAt }) => {
    const [begin, end] = [Math.max(startedAt, from), Math.min(endedAt ?? until, until)];
    return Math.max(0, end - begin);
  });
  return lives.reduce((sum, life) => sum + life, 0) / 1_000;
}

/** How often a container's processes ended and were followed by others. */
export function outages(truth: Truth, name: string): number {
  return truth.starts(name).filter(({ endedAt }) => endedAt !== null).length;
}

/** A stretch of time, in milliseconds since 1970. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** Seconds within these spans in which a container's processes, begun before, did not live. */
export function missedSeconds(truth: Truth, name: string, spans: readonly Span[]): number {
  const begun = truth.starts(name)[0]?.startedAt ?? Infinity;
  return spans.reduce((sum, { from, until }) => {
    const start = Math.max(from, begun);
    return start >= until ? sum : sum + (until - start) / 1_000 - servedSeconds(truth, name, start, until);
  }, 0);
}

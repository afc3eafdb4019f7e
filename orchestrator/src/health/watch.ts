// SPDX-License-Identifier: Apache-2.0
import type { HeadSight } from "../domain/judge-chain.ts";
import { CHECK_NAMES, type Check } from "../domain/health.ts";
import type { Log } from "../ports/log.ts";
import type { HealthBoard } from "./board.ts";
import { lookAtHealth, type HealthParts, type Look } from "./look.ts";

export interface WatchParts extends HealthParts {
  readonly board: HealthBoard;
  readonly log: Log;
  /** Called with each look. */
  readonly seen: (look: Look) => void;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/** Milliseconds for which a look may take. */
const LOOK_LIMIT = 10_000;

/** Looks at the daemon's health until the signal, and says in the log whenever a check changes its state. */
export async function watchHealth(parts: WatchParts, signal: AbortSignal): Promise<void> {
  const { board, clock, seen, interval } = parts;
  let head: HeadSight | null = null;
  while (!signal.aborted) {
    const before = board.checks();
    const look = await lookAtHealth(parts, head, AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT)]));
    if (signal.aborted) return;
    head = look.head;
    for (const name of CHECK_NAMES) board.note(name, look.findings[name]);
    tellChanges(parts.log, before, board.checks());
    seen(look);
    await clock.sleep(interval, signal).catch(() => undefined);
  }
}

function tellChanges(log: Log, before: readonly Check[], after: readonly Check[]): void {
  after.forEach(({ name, state, what, atRisk, next }, index) => {
    if (before[index]?.state === state) return;
    if (state === "ok") log.info({ check: name, state }, what);
    else log.warn({ check: name, state, atRisk, next }, what);
  });
}

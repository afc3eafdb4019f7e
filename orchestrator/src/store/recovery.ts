// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { failureOf } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { Log } from "../ports/log.ts";
import { setAside } from "./backup.ts";
import { unopenableJournal } from "./journal-errors.ts";
import { type JournalOwner, openJournal } from "./sqlite-journal.ts";

export interface RecoveryParts {
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * As {@link openJournal}, but a damaged journal is no end: it is set aside, never deleted, and a new one begins, which chain and
 * labels fill again. Every other refusal is thrown, for only a person can mend it.
 */
export function openOrRebuild(path: string, owner: JournalOwner, { clock, log }: RecoveryParts): Journal {
  try {
    return openJournal(path, owner);
  } catch (error) {
    if (!(error instanceof BerthError) || error.code !== "E_JOURNAL_CORRUPT") throw error;
    const keptAt = moveAway(path, clock.now());
    const { atRisk } = error;
    log.error({ ...failureOf(error), keptAt, atRisk }, "the journal is set aside and a new one is begun");
    return openJournal(path, owner);
  }
}

function moveAway(path: string, now: number): string {
  try {
    return setAside(path, now);
  } catch (error) {
    throw unopenableJournal(path, error);
  }
}

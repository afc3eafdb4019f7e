// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { openJournal } from "../../../orchestrator/src/store/sqlite-journal.ts";
import type { Stage } from "../../../scripts/demonstration/stage.ts";

export function journalPath({ daemon }: Stage): string {
  return join(daemon.folder, "journal.sqlite");
}

/** Whether a query finds a row in the journal, also while a daemon writes it. */
export function journalHolds(stage: Stage, query: string, ...parameters: (string | number)[]): boolean {
  const journal = new DatabaseSync(journalPath(stage), { readOnly: true });
  try {
    return journal.prepare(query).get(...parameters) !== undefined;
  } finally {
    journal.close();
  }
}

/** The journal of a daemon that is gone opens, nothing in it is left to be done, and the lease's manifest is forgotten. */
export function expectNoLooseEnd(stage: Stage, leaseId: bigint): void {
  const journal = openJournal(journalPath(stage), stage.daemon);
  try {
    expect(journal.pendingOutbox()).to.deep.equal([]);
    expect(journal.openIntents()).to.deep.equal([]);
    expect(journal.manifest(leaseId)).to.equal(null);
  } finally {
    journal.close();
  }
}

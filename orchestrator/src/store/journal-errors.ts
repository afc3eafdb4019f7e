// SPDX-License-Identifier: Apache-2.0
import { BerthError, InvariantError, PermanentError, RetryableError, UserError } from "@berth/sdk";

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** Says in words what a failing journal means, by SQLite's primary result code. Errors in words pass as they are. */
export function journalError(path: string, error: unknown): BerthError {
  if (error instanceof BerthError) return error;
  switch (resultCode(error)) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return corruptJournal(path, error);
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return new RetryableError("E_JOURNAL_UNWRITABLE", `The journal ${path} cannot be written.`, {
        atRisk: "nothing yet: the daemon does not act on what it cannot write down first",
        next: "Make room on that disk and see that it is well; the daemon goes on by itself.",
        facts: { path },
        cause: error,
      });
    case SQLITE_BUSY:
      return new RetryableError("E_JOURNAL_BUSY", `Another process holds the journal ${path}.`, {
        atRisk: "nothing",
        next: "See that no second daemon works on the same journal.",
        facts: { path },
        cause: error,
      });
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return unopenableJournal(path, error);
    default:
      return new InvariantError("E_JOURNAL_FAILED", `The journal ${path} failed: ${String(error)}`, {
        atRisk: "nothing: no money and no container depends on the journal alone",
        next: "Report this as a defect.",
        facts: { path },
        cause: error,
      });
  }
}

/** Whether it is the disk that does not take what is written. */
export function isUnwritable(error: unknown): boolean {
  return error instanceof BerthError && error.code === "E_JOURNAL_UNWRITABLE";
}

/** A file that is no journal any more. */
export function corruptJournal(path: string, cause: unknown): PermanentError {
  return new PermanentError("E_JOURNAL_CORRUPT", `The journal ${path} is damaged and cannot be read.`, {
    atRisk:
      "no money and no container: the chain holds what is owed and the containers' labels say whose they are; " +
      "usage since the last report may go uncounted, and tenants may be asked for their manifests again",
    next: `Nothing: at the next start ${path} and the files beside it are moved away, and a new journal is rebuilt from the chain and the labels. If it happens again, check the disk.`,
    facts: { path },
    cause,
  });
}

/** A path at which no journal can be kept. */
export function unopenableJournal(path: string, cause: unknown): UserError {
  return new UserError("E_JOURNAL_PATH", `The journal ${path} cannot be opened for writing.`, {
    atRisk: "nothing: the daemon does not act without a journal",
    next: "Give a path in a directory that belongs to the daemon's user.",
    facts: { path },
    cause,
  });
}

function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return error.errcode & 0xff;
}

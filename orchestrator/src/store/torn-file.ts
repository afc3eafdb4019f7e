// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";

const MAGIC = "SQLite format 3\0";
const HEADER_BYTES = 100;
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SALT = { log: 16, frame: 8, bytes: 8 };

/** What the write-ahead log holds: pages, and how many the whole journal has after its last commit. */
interface LoggedPages {
  readonly pages: ReadonlySet<number>;
  /** Null where nothing is committed in the log. */
  readonly pageCount: number | null;
}

const NOTHING_LOGGED: LoggedPages = { pages: new Set(), pageCount: null };

/**
 * True when pages of the journal are neither whole in its file nor in the log beside it. SQLite does not see this by itself: it
 * rounds the size of a file up and reads what is missing as zeros.
 */
export function isTorn(path: string): boolean {
  const { header, size } = headOf(path);
  const logFile = `${path}-wal`;
  const log = existsSync(logFile) ? readFileSync(logFile) : Buffer.alloc(0);
  if (size === 0) return log.length > 0;
  if (size < HEADER_BYTES) return true;
  if (header.toString("latin1", 0, MAGIC.length) !== MAGIC) return false;
  const pageSize = pageSizeOf(header.readUInt16BE(16));
  const { pages, pageCount } = loggedPages(log, pageSize);
  const expected = pageCount ?? header.readUInt32BE(28);
  for (let page = Math.floor(size / pageSize) + 1; page <= expected; page += 1) {
    if (!pages.has(page)) return true;
  }
  return false;
}

function headOf(path: string): { readonly header: Buffer; readonly size: number } {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(file, header, 0, HEADER_BYTES, 0);
    return { header, size: fstatSync(file).size };
  } finally {
    closeSync(file);
  }
}

/** 65536 does not fit into the header's two bytes and is written as 1. */
function pageSizeOf(written: number): number {
  return written === 1 ? 65_536 : written;
}

/** Frames of an earlier round of the log have another salt; those after the last commit do not count. */
function loggedPages(log: Buffer, pageSize: number): LoggedPages {
  if (log.length < LOG_HEADER_BYTES) return NOTHING_LOGGED;
  const salt = log.subarray(SALT.log, SALT.log + SALT.bytes);
  const committed = new Set<number>();
  let pageCount: number | null = null;
  let open: number[] = [];
  const frameBytes = FRAME_HEADER_BYTES + pageSize;
  for (let at = LOG_HEADER_BYTES; at + frameBytes <= log.length; at += frameBytes) {
    if (!log.subarray(at + SALT.frame, at + SALT.frame + SALT.bytes).equals(salt)) break;
    open.push(log.readUInt32BE(at));
    const countAfterCommit = log.readUInt32BE(at + 4);
    if (countAfterCommit === 0) continue;
    for (const page of open) committed.add(page);
    pageCount = countAfterCommit;
    open = [];
  }
  return { pages: committed, pageCount };
}

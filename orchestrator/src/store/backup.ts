// SPDX-License-Identifier: Apache-2.0
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

const OWNER_ONLY = 0o600;
const COMPANIONS = ["", "-wal", "-shm"] as const;

/**
 * Writes the journal as it is beside itself, whole and on the disk when this returns; answers where. A backup that is there
 * already is never overwritten.
 */
export function backUp(database: DatabaseSync, path: string, version: number): string {
  const copy = freeName(`${path}.v${version}.backup`);
  closeSync(openSync(copy, "wx", OWNER_ONLY));
  chmodSync(copy, OWNER_ONLY);
  database.prepare("VACUUM INTO ?").run(copy);
  flush(copy);
  flush(dirname(copy));
  return copy;
}

/** Moves a journal and the files beside it out of the way, deleting nothing; answers where to. */
export function setAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replace(/[:.]/g, "-");
  const name = freeName(`${path}.damaged-${stamp}`);
  for (const companion of COMPANIONS) {
    if (existsSync(`${path}${companion}`)) renameSync(`${path}${companion}`, `${name}${companion}`);
  }
  flush(dirname(path));
  return name;
}

function freeName(wanted: string): string {
  const isFree = (name: string): boolean =>
    COMPANIONS.every((companion) => !existsSync(`${name}${companion}`));
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (isFree(name)) return name;
  }
}

function flush(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

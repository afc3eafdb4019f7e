// SPDX-License-Identifier: Apache-2.0
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { fileExists, keyFileUnwritable } from "./key-errors.ts";

const OTHERS_MAY = 0o077;
const OWNER_ALONE = 0o600;

/** A file's text, and whether others may read it. */
export interface PrivateText {
  readonly text: string;
  readonly isExposed: boolean;
}

/** Reads a file and its mode through one handle, so that both are of the same file. Throws what the file system throws. */
export function readPrivateFile(path: string): PrivateText {
  const handle = openSync(path, "r");
  try {
    const isExposed = process.platform !== "win32" && (fstatSync(handle).mode & OTHERS_MAY) !== 0;
    return { text: isExposed ? "" : readFileSync(handle, "utf8"), isExposed };
  } finally {
    closeSync(handle);
  }
}

/**
 * Writes a file that only its owner may read. It appears whole or not at all, and never in the place of another: UserError
 * E_FILE_EXISTS, or E_KEY_FILE_UNWRITABLE.
 */
export function writePrivateFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeDraft(draft, text);
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST" && existsSync(path)) throw fileExists(path);
    throw keyFileUnwritable(path, error);
  } finally {
    if (existsSync(draft)) rmSync(draft);
  }
}

/** The mode is set beside the creation, because the process's mask may take bits away and a draft of a crash may be there. */
function writeDraft(draft: string, text: string): void {
  rmSync(draft, { force: true });
  const handle = openSync(draft, "wx", OWNER_ALONE);
  try {
    fchmodSync(handle, OWNER_ALONE);
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

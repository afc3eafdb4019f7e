// SPDX-License-Identifier: Apache-2.0
import type { Note } from "./phases.ts";

const MEGABYTE = 1_000_000;
/** Milliseconds between two words about progress. */
const EVERY = 1_000;

/** Bytes for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

/** A note that is told once a second at most. */
export function tellEvery(note: Note): Note {
  let last = performance.now();
  return (text, facts) => {
    const now = performance.now();
    if (now - last < EVERY) return;
    last = now;
    note(text, facts);
  };
}

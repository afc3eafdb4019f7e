// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesUnder } from "../lib/files.ts";
import type { Verdict } from "./judge.ts";

/** How one mutant ended. `undecided` is one that no worker could judge twice alike. */
export interface Result {
  readonly id: string;
  readonly outcome: Verdict["outcome"] | "undecided";
  readonly by?: string | undefined;
  readonly seconds: number;
}

const SOURCES = "contracts";
const TESTS = "test/contracts";
const IMPORTED = /from "(\.{1,2}\/[^"]+\.ts)"/g;

/**
 * Results of earlier runs in a file that grows by a line with each. The first line names the sources and the tests that they were
 * judged by: with others the file begins anew.
 */
export class ResultLog {
  readonly #path: string;
  readonly #results: Map<string, Result>;

  constructor(path: string, judgedBy: string) {
    this.#path = path;
    const [head, ...lines] = existsSync(path) ? readFileSync(path, "utf8").split("\n") : [];
    const header = JSON.stringify({ judgedBy });
    if (head !== header) writeFileSync(path, `${header}\n`);
    const results = head === header ? lines.map(parsed).filter((result) => result !== undefined) : [];
    this.#results = new Map(results.map((result) => [result.id, result]));
  }

  get(id: string): Result | undefined {
    return this.#results.get(id);
  }

  add(result: Result): void {
    this.#results.set(result.id, result);
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`);
  }
}

/** A line that was cut off by an interruption is as if it had never been written. */
function parsed(line: string): Result | undefined {
  try {
    return JSON.parse(line) as Result;
  } catch {
    return undefined;
  }
}

/** Names the contracts and the tests that judge them, with all that these import of our own, as they are under a root. */
export function judgesOf(root: string): string {
  const digest = createHash("sha256");
  const files = [...filesUnder(join(root, SOURCES)), ...withImports(filesUnder(join(root, TESTS)))];
  for (const path of files) {
    digest.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return digest.digest("hex").slice(0, 16);
}

function withImports(files: readonly string[]): readonly string[] {
  const found = new Set(files);
  for (const path of found) {
    for (const [, relative = ""] of readFileSync(path, "utf8").matchAll(IMPORTED)) {
      const imported = join(dirname(path), relative);
      if (existsSync(imported)) found.add(imported);
    }
  }
  return [...found].sort();
}

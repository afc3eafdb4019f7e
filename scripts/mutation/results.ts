// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesUnder } from "../lib/files.ts";
import type { Verdict } from "./judge.ts";

/** How one mutant ended. `undecided` is one that no worker could judge twice alike. */
export interface Result {
  readonly id: string;
  readonly outcome: Verdict["outcome"] | "undecided";
  readonly by?: string | undefined;
  readonly seconds: number;
}

const JUDGED_BY = ["contracts", "test/contracts", "test/helpers"];

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

/** Names the contracts and the tests that judge them, as they are under a root. */
export function judgesOf(root: string): string {
  const digest = createHash("sha256");
  for (const path of JUDGED_BY.flatMap((part) => filesUnder(join(root, part)))) {
    digest.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return digest.digest("hex").slice(0, 16);
}

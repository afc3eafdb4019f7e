// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Suite } from "./suites.ts";
import { readResults, type Results, type Tally } from "./tally.ts";

const RUNNERS = { mocha: "scripts/lib/run-mocha.ts", solidity: "scripts/lib/run-solidity.ts" } as const;

/** A suite's tally, and what is wrong with the suite itself, which the tally already counts as one failure. */
export interface Verdict {
  readonly tally: Tally;
  readonly complaint: string | undefined;
}

/** What of a suite is to run, and how. */
export interface Run {
  readonly files: readonly string[];
  /** After so many milliseconds the suite's processes are killed. */
  readonly limitMs: number;
  /** Whether the suite's output is told in one piece at its end, as beside another suite; it is streamed through otherwise. */
  readonly isBeside: boolean;
}

/** Runs a suite in a process group of its own, and counts what it recorded. */
export async function runSuite(suite: Suite, { files, limitMs, isBeside }: Run): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), "berth-results-"));
  const resultsPath = join(folder, "results");
  const outputPath = join(folder, "output");
  const output = isBeside ? openSync(outputPath, "w") : "inherit";
  try {
    const ending = await ended(start(suite, resultsPath, files, output), limitMs);
    if (isBeside) process.stdout.write(readFileSync(outputPath));
    return judge(ending, readResults(resultsPath));
  } finally {
    if (output !== "inherit") closeSync(output);
    rmSync(folder, { recursive: true });
  }
}

/**
 * A suite that died, ran nothing or says by its exit code that it failed although no test did, counts as one failure
 * more than its tests show.
 */
export function judge(ending: string, { tally, ended }: Results): Verdict {
  const complaint = complaintOf(ending, ended, tally);
  return { tally: complaint === undefined ? tally : { ...tally, failed: tally.failed + 1 }, complaint };
}

function complaintOf(ending: string, ended: boolean, tally: Tally): string | undefined {
  if (!ended) return `the suite did not come to its end (${ending})`;
  if (tally.passed + tally.failed + tally.skipped === 0) return "the suite has files but ran no test";
  if (ending !== "exit code 0" && tally.failed === 0) return `no test failed, but the suite did (${ending})`;
  return undefined;
}

function start(
  suite: Suite,
  resultsPath: string,
  files: readonly string[],
  output: number | "inherit",
): ChildProcess {
  const options = [resultsPath, String(suite.testTimeoutMs), String(suite.needsEngine)];
  const args = ["--import", "tsx", RUNNERS[suite.runner], ...options, ...files];
  return spawn(process.execPath, args, { stdio: ["ignore", output, output], detached: true });
}

async function ended(child: ChildProcess, limitMs: number): Promise<string> {
  const interrupt = (signal: NodeJS.Signals): void => {
    signalGroup(child, signal);
    setImmediate(() => process.exit(1)); // once a suite beside this one is told, too
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const limit = setTimeout(() => signalGroup(child, "SIGKILL"), limitMs);
  const ending = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  clearTimeout(limit);
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  signalGroup(child, "SIGKILL");
  return ending;
}

/** The child and what it started and left behind; a group that is gone already is fine. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

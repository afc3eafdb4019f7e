// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";

/** A program of the machine's that ended with anything but 0, or could not be run. */
export class ProgramFailure extends Error {
  readonly program: string;
  /** Null where it did not run, or a signal ended it. */
  readonly code: number | null;
  readonly stderr: string;

  constructor(program: string, code: number | null, stderr: string, cause: unknown) {
    super(`${program} ended with ${code ?? "no exit code"}: ${stderr.trim()}`, { cause });
    this.program = program;
    this.code = code;
    this.stderr = stderr;
  }
}

const SAID_AT_MOST = 2_000;
/** Milliseconds; checking and formatting the largest volumes takes minutes. */
const LONGEST = 30 * 60_000;
/** The programs that volumes need are the system administrator's, and stand where not every PATH leads. */
const SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/** Runs a program without a shell and answers what it printed. ProgramFailure, or the signal's reason. */
export function run(program: string, words: readonly string[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const options = { signal, timeout: LONGEST, env: { PATH: SYSTEM_PATH, LC_ALL: "C" } };
  return new Promise((resolve, reject) => {
    execFile(program, [...words], options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      if (signal.aborted) return reject(signal.reason as Error);
      const code = typeof error.code === "number" ? error.code : null;
      const said = stderr === "" ? error.message : stderr;
      reject(new ProgramFailure(program, code, said.slice(0, SAID_AT_MOST), error));
    });
  });
}

// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { run } from "../run.ts";

const BINARY = fileURLToPath(new URL("../../bin/berth.js", import.meta.url));
const TIMEOUT_MS = 60_000;

/** What a command line left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command line runs. */
export interface Place {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Runs the real binary as a process of its own. */
export async function runBinary(args: readonly string[], { folder, environment }: Place): Promise<Ran> {
  const child = spawn(process.execPath, [BINARY, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TIMEOUT_MS,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? -1));
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs a command line inside this process, which is a second faster. */
export async function runInside(
  args: readonly string[],
  { folder, environment }: Place,
  signal: AbortSignal = new AbortController().signal,
): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const now = (): Date => new Date();
  const takeSignals = (): void => {};
  const code = await run(args, {
    stdin: new PassThrough(),
    stdout,
    stderr,
    environment,
    folder,
    now,
    signal,
    takeSignals,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

/** The JSON lines of standard output. */
export function jsonLines<T>({ stdout }: Ran): readonly T[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

/** The one JSON object of standard output. Throws when there is not exactly one, or when the command failed. */
export function jsonOf<T>(ran: Ran): T {
  const [object, ...others] = jsonLines<T>(ran);
  if (ran.code !== 0 || object === undefined || others.length > 0)
    throw new Error(`exit code ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  return object;
}

/** An error as `--json` prints it. */
export interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly atRisk: string;
  readonly next: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly exitCode: number;
}

/** The error on the last line of standard output. Throws when there is none. */
export function jsonErrorOf(ran: Ran): JsonError {
  const error = jsonLines<{ readonly error?: JsonError }>(ran).at(-1)?.error;
  if (error === undefined) throw new Error(`no error: exit code ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  return error;
}

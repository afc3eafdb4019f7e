// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from "node:child_process";
import { text } from "node:stream/consumers";

/** What a program left: its exit code, null where there is no such program or it was killed. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** With the folders that a daemon's PATH may lack. Nothing else of the daemon's surroundings is handed on: a password may be there. */
const ENVIRONMENT = {
  PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin:/usr/bin:/bin`,
  LC_ALL: "C",
};
/** Milliseconds after which a program that hangs is ended. */
const LIMIT = 20_000;

/** Runs programs of this machine; `prefix` is put before each, such as `nsenter` into another network namespace. */
export class Shell {
  readonly #prefix: readonly string[];

  constructor(prefix: readonly string[] = []) {
    this.#prefix = prefix;
  }

  /** Starts a program and lets it run. */
  spawn(words: readonly string[], signal: AbortSignal): ChildProcess {
    const [program = "", ...args] = [...this.#prefix, ...words];
    return spawn(program, args, { env: ENVIRONMENT, stdio: "pipe", signal, killSignal: "SIGKILL" });
  }

  /** Runs a program to its end. Throws the signal's reason; what the program does is in the answer. */
  async run(words: readonly string[], signal: AbortSignal, input = ""): Promise<Ran> {
    signal.throwIfAborted();
    const child = this.spawn(words, AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]));
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new TypeError("a program without pipes");
    stdin.on("error", () => undefined).end(input);
    let failure = "";
    child.once("error", ({ message }) => (failure = message));
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [code, said, complained] = await Promise.all([ended, text(stdout), text(stderr)]);
    signal.throwIfAborted();
    return failure === ""
      ? { code, stdout: said, stderr: complained }
      : { code: null, stdout: said, stderr: failure };
  }
}

// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UserError } from "@berth/sdk";

/** Questions to the person at the terminal. */
export interface Prompt {
  /** The answer to a question. Throws UserError E_INPUT_MISSING, naming the flag, where nobody can be asked or nothing is said. */
  ask(question: string, flag: string): Promise<string>;
  /** As `ask`, and the answer is not shown while it is typed, nor are spaces taken off it. */
  secret(question: string, flag: string): Promise<string>;
  /** Throws UserError E_NOT_CONFIRMED unless the person says yes, or `--yes` was given. */
  confirm(question: string, yes: boolean): Promise<void>;
}

/** The terminal: questions go to standard error, so that standard output stays data. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Asks on a terminal, unless `allowed` is false; everywhere else every question is an error that names the flag. */
export function createPrompt(terminal: Terminal, allowed: boolean, signal: AbortSignal): Prompt {
  const interactive = allowed && terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
  const answer = async (question: string, flag: string): Promise<string> => {
    if (!interactive) throw missingInput(question, flag);
    return readAnswer(terminal, question, signal);
  };
  return {
    ask: async (question, flag) => {
      const said = await answer(question, flag);
      if (said === "") throw missingInput(question, flag);
      return said;
    },
    secret: async (question, flag) => {
      if (!interactive) throw missingInput(question, flag);
      const said = await readSecret(terminal, question, signal);
      if (said === "") throw missingInput(question, flag);
      return said;
    },
    confirm: async (question, yes) => {
      if (!yes && !/^y(es)?$/i.test(await answer(`${question} [y/N]`, "--yes"))) throw notConfirmed();
    },
  };
}

/** One line; empty at the end of the input. Line mode leaves Ctrl-C to the process. */
async function readAnswer(
  { stdin, stderr }: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const reader = createInterface({ input: stdin, output: stderr, terminal: false });
  const ended = once(reader, "close").then(() => "");
  try {
    return (await Promise.race([reader.question(`${question} `, { signal }), ended])).trim();
  } finally {
    reader.close();
    signal.throwIfAborted();
  }
}

/** One line that is not echoed: readline does the echo where it edits the line, and here it writes into nothing. */
async function readSecret(
  { stdin, stderr }: Terminal,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: nothing, terminal: true, historySize: 0 });
  const interrupted = new AbortController();
  reader.once("SIGINT", () => interrupted.abort());
  const ended = once(reader, "close").then(() => "");
  stderr.write(`${question} `);
  try {
    return await Promise.race([
      reader.question("", { signal: AbortSignal.any([signal, interrupted.signal]) }),
      ended,
    ]);
  } catch (error) {
    throw interrupted.signal.aborted ? interruption() : error;
  } finally {
    reader.close();
    stderr.write("\n");
    signal.throwIfAborted();
  }
}

function interruption(): UserError {
  return new UserError("E_INTERRUPTED", "Interrupted.", {
    atRisk: "nothing: no command was carried out",
    next: "Run the command again.",
  });
}

function missingInput(question: string, flag: string): UserError {
  return new UserError("E_INPUT_MISSING", `There is no answer to "${question}"`, {
    atRisk: "nothing: no command was carried out",
    next: `Pass ${flag}.`,
    facts: { flag },
  });
}

function notConfirmed(): UserError {
  return new UserError("E_NOT_CONFIRMED", "You did not say yes.", {
    atRisk: "nothing: no command was carried out",
    next: "Run the command again and answer y, or pass --yes.",
  });
}

// SPDX-License-Identifier: Apache-2.0
import { jsonLine } from "./json.ts";
import { sanitize } from "./sanitize.ts";

/** Where a command's words go: data to standard output, everything else to standard error. */
export interface Output {
  readonly json: boolean;
  /** True where spinners may turn: both streams are a terminal that can, and nobody asked for JSON. */
  readonly animated: boolean;
  /** Data: one line of JSON, or text for people. */
  data(value: unknown, text: string): void;
  /** Data that is passed on as it is, byte for byte. */
  raw(text: string): void;
  /** A word beside the data: what is being done, a warning. */
  note(text: string): void;
}

/** The two streams of a process. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Output on two streams. A dumb terminal and a CI machine get plain lines. */
export function createOutput(streams: Streams, json: boolean, environment: Environment): Output {
  const { stdout, stderr } = streams;
  const terminal = stdout.isTTY === true && stderr.isTTY === true;
  const plain = environment["TERM"] === "dumb" || Boolean(environment["CI"]);
  return {
    json,
    animated: terminal && !plain && !json,
    data: (value, text) => void stdout.write(`${json ? jsonLine(value) : sanitize(text)}\n`),
    raw: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${sanitize(text)}\n`),
  };
}

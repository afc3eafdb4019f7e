// SPDX-License-Identifier: Apache-2.0
import type { Load } from "./usage.ts";

/** How a container's program behaves; one that says nothing runs until it is asked to end, and ends at once with 143. */
export interface Program {
  /** Lines that it writes, each so many milliseconds after its start. */
  readonly output?: readonly Line[];
  /** How it ends by itself. */
  readonly end?: { readonly afterMs: number; readonly exitCode: number };
  /** How it ends when asked; null for one that ignores the request and must be killed. */
  readonly onTerm?: { readonly afterMs: number; readonly exitCode: number } | null;
  readonly load?: Load;
}

export interface Line {
  readonly afterMs: number;
  readonly stream: "stdout" | "stderr";
  /** Without its newline. */
  readonly text: string;
}

/** What the words of a container do; undefined where there is no such program. */
export type Programs = (words: readonly string[]) => Program | undefined;

const exits = (exitCode: number): Program => ({ end: { afterMs: 0, exitCode } });

const SMALL: Readonly<Record<string, (args: readonly string[]) => Program>> = {
  httpd: () => ({}),
  true: () => exits(0),
  false: () => exits(1),
  echo: (args) => ({ ...exits(0), output: [{ afterMs: 0, stream: "stdout", text: args.join(" ") }] }),
  sleep: ([seconds = "0"]) => ({ end: { afterMs: Number(seconds) * 1000, exitCode: 0 } }),
};

/** What the probe's program sees of a plain container: `orchestrator/src/runtime/docker/probe/witness-amd64.s`. */
const TESTIMONY = [
  ...["", "@", "Linux version 6.1.0-fake"],
  ...["", "@", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"],
  ...["", "@", "         0          0 4294967295"],
  ...["", "@", "", "@", "RR"],
];

/** Programs that every engine runs, and then those of a test. */
export function withWitness(programs: Programs): Programs {
  return (words) => {
    if (words[0] !== "/witness") return programs(words);
    const output = TESTIMONY.map((text) => ({ afterMs: 0, stream: "stdout" as const, text }));
    return { end: { afterMs: 0, exitCode: 0 }, output };
  };
}

/** The few programs of the demonstration's image that the runtime's contract runs. */
export const smallPrograms: Programs = ([program = "", ...args]) =>
  Object.hasOwn(SMALL, program) ? SMALL[program]?.(args) : undefined;

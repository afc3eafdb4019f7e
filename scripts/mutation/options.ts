// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Options {
  /** How many mutants are judged; all of them where it is not said. */
  readonly sample: number | undefined;
  /** Decides which ones. */
  readonly seed: number;
  /** Only files whose path matches. */
  readonly file: RegExp;
  /** Only the named attacks. */
  readonly seededOnly: boolean;
  readonly workers: number;
  /** Where the report goes. */
  readonly out: string;
}

/** Reads the arguments. Throws where one is unknown or no whole number of at least 0. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sample: { type: "string" },
      seed: { type: "string", default: "1" },
      file: { type: "string", default: "" },
      seeded: { type: "boolean", default: false },
      workers: { type: "string", default: "2" },
      out: { type: "string", default: "bench/mutation.json" },
    },
  });
  return {
    sample: values.sample === undefined ? undefined : whole("--sample", values.sample),
    seed: whole("--seed", values.seed),
    file: new RegExp(values.file),
    seededOnly: values.seeded,
    workers: Math.max(1, whole("--workers", values.workers)),
    out: values.out,
  };
}

function whole(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`${name} takes a whole number, not ${value}`);
  return Number(value);
}

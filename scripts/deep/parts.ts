// SPDX-License-Identifier: Apache-2.0
import { cpus } from "node:os";

/** One command with what it is told by its environment. */
export interface Step {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A part of the long programme: so much of it in all, done in pieces of which each can be repeated from its seed. */
export interface Part {
  readonly name: string;
  /** What it tries: with another one its pieces have to run again. */
  readonly of: "market" | "daemon";
  readonly total: number;
  /** The most of it that one process does. */
  readonly piece: number;
  readonly unit: string;
  /** How many pieces run at a time. */
  readonly lanes: number;
  readonly seedOf: (index: number) => string;
  readonly stepOf: (index: number, amount: number) => Step;
}

const FUZZ_SEED = 0x1234;
const MODEL_SEED = "7";
/** A run is 500 acts of 25 calls. */
const CALLS_PER_RUN = 500 * 25;
const SEQUENCES = 1_000;
const SOLIDITY = ["hardhat", "test", "solidity", "--no-compile"];

function fuzzSeed(index: number): string {
  return `0x${(FUZZ_SEED + index).toString(16)}`;
}

/** The whole programme. */
export const PARTS: readonly Part[] = [
  {
    name: "fuzz",
    of: "market",
    total: 250_000,
    piece: 25_000,
    unit: "runs of each property",
    lanes: cpus().length,
    seedOf: fuzzSeed,
    stepOf: (index, amount) => solidity(index, { BERTH_FUZZ_RUNS: amount, BERTH_INVARIANT_RUNS: 1 }),
  },
  {
    name: "invariants",
    of: "market",
    total: 25_000_000,
    piece: 100 * CALLS_PER_RUN,
    unit: "calls",
    lanes: cpus().length,
    seedOf: fuzzSeed,
    stepOf: (index, amount) =>
      solidity(index, { BERTH_FUZZ_RUNS: 1, BERTH_INVARIANT_RUNS: Math.ceil(amount / CALLS_PER_RUN) }),
  },
  {
    name: "model",
    of: "market",
    total: 50_000,
    piece: SEQUENCES,
    unit: "sequences of 50 calls",
    lanes: cpus().length,
    seedOf: (index) => `${MODEL_SEED}, from sequence ${index * SEQUENCES}`,
    stepOf: (index, amount) => ({
      command: ["tsx", "test/differential/deep.ts"],
      env: {
        BERTH_SEED: MODEL_SEED,
        BERTH_FIRST: String(index * SEQUENCES),
        BERTH_SEQUENCES: String(amount),
      },
    }),
  },
  {
    name: "simulation",
    of: "daemon",
    total: 100,
    piece: 1,
    unit: "days of a provider, each from a seed of its own",
    lanes: cpus().length,
    seedOf: (index) => String(index + 1),
    stepOf: (index) => ({
      command: ["tsx", "scripts/simulate.ts", "--seeds", String(index + 1), "--hours", "24"],
      env: {},
    }),
  },
  {
    name: "mutation",
    of: "market",
    total: 1,
    piece: 1,
    unit: "whole population of mutants, as bench/mutation.json says",
    lanes: 1,
    seedOf: () => "none",
    stepOf: () => ({ command: ["tsx", "scripts/mutation/run.ts"], env: {} }),
  },
];

/** The parts that are named, in the order of the programme; all of them where none is. Throws for a name that is none. */
export function chosenParts(parts: readonly Part[], names: readonly string[]): readonly Part[] {
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `unknown part ${unknown.join(", ")}; the parts are ${parts.map(({ name }) => name).join(", ")}`,
    );
  }
  return names.length === 0 ? parts : parts.filter(({ name }) => names.includes(name));
}

/** The share of each part, 1 where nothing is said. Throws for what is not above 0 and up to 1. */
export function shareFrom(text: string | undefined): number {
  const share = Number(text ?? 1);
  if (share > 0 && share <= 1) return share;
  throw new Error(`BERTH_DEEP_SHARE is ${text}; it must be above 0 and at most 1`);
}

/** The pieces of a share of a part, each with its amount. */
export function piecesOf({ total, piece }: Part, share: number): readonly number[] {
  const whole = Array.from({ length: Math.ceil(total / piece) }, (_, index) =>
    Math.min(piece, total - index * piece),
  );
  return whole.slice(0, Math.ceil(whole.length * share));
}

/** A file for each piece to write to where it came. */
export function reachNumber(index: number): number {
  return index + 1;
}

function solidity(index: number, numbers: Readonly<Record<string, number>>): Step {
  const all = { ...numbers, BERTH_REACH: reachNumber(index) };
  const env = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
  return { command: SOLIDITY, env: { ...env, BERTH_FUZZ_SEED: fuzzSeed(index) } };
}

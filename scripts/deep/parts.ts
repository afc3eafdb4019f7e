// SPDX-License-Identifier: Apache-2.0

/** One command with what it is told by its environment. */
export interface Step {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A part of the long programme: how much of what, and the commands that do a given amount of it. */
export interface Part {
  readonly name: string;
  readonly amount: number;
  readonly unit: string;
  readonly seed: string;
  readonly steps: (amount: number) => readonly Step[];
}

/** What ran, on which machine, and how it ended. */
export interface DeepRun {
  readonly outcome: "passed" | "failed";
  readonly amount: number;
  /** What the whole part would be. */
  readonly of: number;
  readonly unit: string;
  readonly seed: string;
  readonly seconds: number;
  readonly cores: number;
  readonly node: string;
  readonly command: string;
}

const FUZZ_SEED = "0x1234";
const MODEL_SEED = "7";
/** A process is given this many sequences: its memory grows with them. */
const SHARD = 1_000;
/** A run is 500 acts of 25 calls. */
const CALLS_PER_RUN = 500 * 25;
const SOLIDITY = ["hardhat", "test", "solidity"];

/** The whole programme. */
export const PARTS: readonly Part[] = [
  {
    name: "fuzz",
    amount: 250_000,
    unit: "runs of each property",
    seed: FUZZ_SEED,
    steps: (amount) => [{ command: SOLIDITY, env: { BERTH_FUZZ_RUNS: String(amount) } }],
  },
  {
    name: "invariants",
    amount: 25_000_000,
    unit: "calls",
    seed: FUZZ_SEED,
    steps: (amount) => [
      { command: SOLIDITY, env: { BERTH_INVARIANT_RUNS: String(Math.ceil(amount / CALLS_PER_RUN)) } },
    ],
  },
  { name: "model", amount: 50_000, unit: "sequences of 50 calls", seed: MODEL_SEED, steps: modelShards },
  {
    name: "mutation",
    amount: 1,
    unit: "whole population of mutants, as bench/mutation.json says",
    seed: "none",
    steps: () => [{ command: ["tsx", "scripts/mutation/run.ts"], env: {} }],
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

function modelShards(amount: number): readonly Step[] {
  return Array.from({ length: Math.ceil(amount / SHARD) }, (_, index) => ({
    command: ["tsx", "test/differential/deep.ts"],
    env: {
      BERTH_SEED: MODEL_SEED,
      BERTH_FIRST: String(index * SHARD),
      BERTH_SEQUENCES: String(Math.min(SHARD, amount - index * SHARD)),
    },
  }));
}

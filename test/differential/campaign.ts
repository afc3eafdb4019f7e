// SPDX-License-Identifier: Apache-2.0
import { prologue } from "./prologue.ts";
import { emptyTally, type Tally } from "./reach.ts";
import { playPrologue, walk } from "./sequence.ts";
import { setUpStage, type Stage } from "./stage.ts";

/** Which sequences to run: `count` of them from number `first`, all of one seed. */
export interface Campaign {
  readonly seed: bigint;
  readonly first: number;
  readonly count: number;
  readonly steps: number;
  readonly progressEvery: number;
}

/** What a campaign saw, and every function and error that the market's interface names. */
export interface Findings {
  readonly counts: Tally;
  readonly functions: readonly string[];
  readonly errors: readonly string[];
  readonly events: readonly string[];
}

/** Runs the sequences one after the other, each from the same beginning; throws at the first disagreement. */
export async function runCampaign(campaign: Campaign, say: (line: string) => void): Promise<Findings> {
  const stage = await setUpStage();
  try {
    return { counts: await playAll(stage, campaign, say), ...namedBy(stage) };
  } finally {
    await stage.chain.stop();
  }
}

async function playAll(stage: Stage, campaign: Campaign, say: (line: string) => void): Promise<Tally> {
  const { seed, first, count, steps, progressEvery } = campaign;
  const counts = emptyTally();
  const start = await playPrologue(stage, prologue(stage.state, stage.cast), counts);
  const startedAt = performance.now();
  say(`seed ${seed}: sequences ${first} to ${first + count - 1}, ${steps} steps each`);
  for (let done = 1; done <= count; done += 1) {
    await walk(stage, start, counts, { seed, sequence: first + done - 1, steps });
    const seconds = (performance.now() - startedAt) / 1_000;
    if (done % progressEvery === 0) say(`${done} sequences agree, ${seconds.toFixed(0)} s`);
  }
  return counts;
}

/** What the market's interface names. */
function namedBy({ market }: Stage): Omit<Findings, "counts"> {
  const named = (type: string): string[] =>
    market.fragments
      .filter((fragment) => fragment.type === type)
      .flatMap((fragment) => ("name" in fragment ? [String(fragment.name)] : []));
  const functions: string[] = [];
  market.forEachFunction(({ name, constant }) => {
    if (!constant) functions.push(name);
  });
  return { functions, errors: named("error"), events: named("event") };
}

/** What the campaign is told by its environment: BERTH_SEED, BERTH_SEQUENCES, BERTH_FIRST, BERTH_STEPS. */
export function campaignFrom(environment: NodeJS.ProcessEnv): Campaign {
  const number = (name: string, otherwise: number): number => Number(environment[name] ?? otherwise);
  const count = number("BERTH_SEQUENCES", 500);
  return {
    seed: BigInt(environment["BERTH_SEED"] ?? 1),
    first: number("BERTH_FIRST", 0),
    count,
    steps: number("BERTH_STEPS", 50),
    progressEvery: Math.max(1, Math.floor(count / 10)),
  };
}

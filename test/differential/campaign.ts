// SPDX-License-Identifier: Apache-2.0
import { goBackTo, takeSnapshot } from "./chain.ts";
import { prologue } from "./prologue.ts";
import { emptyTally, type Tally } from "./reach.ts";
import { playPrologue, walk } from "./sequence.ts";
import { setUpStage } from "./stage.ts";

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
  const { seed, first, count, steps, progressEvery } = campaign;
  const counts = emptyTally();
  const stage = await setUpStage();
  const start = await playPrologue(stage, prologue(stage.state, stage.cast), counts);
  const startedAt = performance.now();
  say(`seed ${seed}: sequences ${first} to ${first + count - 1}, ${steps} steps each`);
  let snapshot = await takeSnapshot();
  for (let done = 0; done < count; done += 1) {
    await walk(stage, start, counts, { seed, sequence: first + done, steps });
    await goBackTo(snapshot);
    snapshot = await takeSnapshot();
    const seconds = (performance.now() - startedAt) / 1_000;
    if ((done + 1) % progressEvery === 0) say(`${done + 1} sequences agree, ${seconds.toFixed(0)} s`);
  }
  const named = (type: string): string[] =>
    stage.market.fragments
      .filter((fragment) => fragment.type === type)
      .flatMap((fragment) => ("name" in fragment ? [String(fragment.name)] : []));
  const functions: string[] = [];
  stage.market.forEachFunction(({ name, constant }) => {
    if (!constant) functions.push(name);
  });
  return { counts, functions, errors: named("error"), events: named("event") };
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

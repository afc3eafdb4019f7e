// SPDX-License-Identifier: Apache-2.0
import type { MarketCall } from "../model/calls.ts";
import type { Lease, State } from "../model/state.ts";
import { chooseCall } from "./choose.ts";
import { Dice } from "./dice.ts";
import { Disagreement, Duel } from "./duel.ts";
import { nextTime } from "./edges.ts";
import type { Tally } from "./reach.ts";
import { Scene, type SignedQuote } from "./scene.ts";
import type { Stage } from "./stage.ts";
import { chooseTokenAct } from "./token-acts.ts";

const LOOK_AROUND_EVERY = 25;

/** What a random walk through the market is made of. */
export interface Walk {
  readonly seed: bigint;
  readonly sequence: number;
  readonly steps: number;
}

/** Walks one sequence on the model from a state of the chain, then on the contract; a disagreement tells the last steps. */
export async function walk(
  stage: Stage,
  start: State,
  counts: Tally,
  { seed, sequence, steps }: Walk,
): Promise<void> {
  const dice = new Dice(seed, BigInt(sequence));
  const duel = new Duel(stage, start, counts);
  const pool: SignedQuote[] = [];
  for (let step = 1; step <= steps; step += 1) {
    take(stage, duel, dice, pool);
    if (step % LOOK_AROUND_EVERY === 0 || step === steps) duel.lookAround();
  }
  const played = await stage.chain.play(duel.moves);
  try {
    duel.judge(played);
  } catch (error) {
    if (!(error instanceof Disagreement)) throw error;
    throw new Disagreement(`seed ${seed}, sequence ${sequence}, ${error.message}`);
  }
}

function take(stage: Stage, duel: Duel, dice: Dice, pool: SignedQuote[]): void {
  const { cast } = stage;
  const focus = focusOn(duel.state, dice);
  const now = nextTime(duel.state, dice, focus, cast);
  const scene = new Scene({ state: { ...duel.state, now }, dice, cast, pool, focus });
  if (dice.chance(0.006)) duel.act(chooseTokenAct(scene), now);
  else duel.call(chooseCall(scene), now);
}

/** A lease to look for edges of: the open ones more often. */
function focusOn({ leases }: State, dice: Dice): Lease | undefined {
  const all = [...leases.values()];
  const open = all.filter(({ closedAt, dispute }) => closedAt === 0n || dispute?.open === true);
  if (all.length === 0 || dice.chance(0.05)) return undefined;
  const newest = all.at(-1);
  if (newest?.started === false && newest.closedAt === 0n && dice.chance(0.4)) return newest;
  const disputed = open.filter(({ dispute }) => dispute?.open === true);
  if (disputed.length > 0 && dice.chance(0.25)) return dice.pick(disputed);
  return dice.pick(open.length > 0 && dice.chance(0.8) ? open : all);
}

/** Makes the opening calls, one a second, and answers the state that they leave. */
export async function playPrologue(
  stage: Stage,
  calls: readonly MarketCall[],
  counts: Tally,
): Promise<State> {
  const duel = new Duel(stage, stage.state, counts);
  for (const call of calls) duel.call(call, duel.state.now + 1n);
  duel.lookAround();
  duel.judge(await stage.chain.play(duel.moves));
  for (const { time, from, to, data } of duel.moves) await stage.chain.send(time, { from, to, data });
  return duel.state;
}

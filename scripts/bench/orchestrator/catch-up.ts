// SPDX-License-Identifier: Apache-2.0
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Cleanup } from "../../demonstration/cleanup.ts";
import { median, rounded } from "../median.ts";
import type { Round, Task } from "./contestants/task.ts";
import { makeHistory } from "./event-history.ts";
import { startRecordingProxy, STRETCH } from "./recording-proxy.ts";

const CONTESTANTS = ["ours", "bare", "ethers"] as const;

type Contestant = (typeof CONTESTANTS)[number];

export interface CatchUpFigures {
  readonly catchUpEvents: number;
  readonly catchUpSeconds: number;
  readonly bareSeconds: number;
  readonly ethersSeconds: number;
  /** Ours over the bare loop. */
  readonly catchUpRatio: number;
  /** Ethers over ours. */
  readonly ethersRatio: number;
  readonly roundsMs: Readonly<Record<Contestant, readonly number[]>>;
}

/**
 * How long the daemon takes to read a long history into its journal, beside a loop that only parses the same pages and beside ethers. Each
 * reads in a process of its own, one after the other in every round; the first round records the node's answers and does not count.
 */
export async function measureCatchUp(
  events: number,
  rounds: number,
  cleanup: Cleanup,
  say: (line: string) => void,
): Promise<CatchUpFigures> {
  const { world } = await makeHistory(events, cleanup, say);
  const { chainId, market, client } = world;
  const proxy = await startRecordingProxy(world.node.url, cleanup);
  const toBlock = Number((await client.getBlockNumber({ cacheTime: 0 })) * STRETCH);
  const place = { url: proxy.url, chainId, market, provider: world.provider.address, toBlock };
  const readers = {
    ours: startReader("ours", cleanup),
    bare: startReader("bare", cleanup),
    ethers: startReader("ethers", cleanup),
  };
  const { roundsMs, seen } = await playRounds(rounds, readers, place, () => [...proxy.pages], say);
  if (Math.min(...Object.values(seen)) < events) throw new Error(`not all saw all: ${JSON.stringify(seen)}`);
  const [ours, bare, ethers] = CONTESTANTS.map((name) => median(roundsMs[name]) / 1_000) as [
    number,
    number,
    number,
  ];
  return {
    catchUpEvents: seen.ours,
    catchUpSeconds: rounded(ours),
    bareSeconds: rounded(bare),
    ethersSeconds: rounded(ethers),
    catchUpRatio: rounded(ours / bare),
    ethersRatio: rounded(ethers / ours),
    roundsMs,
  };
}

interface Played {
  readonly roundsMs: Readonly<Record<Contestant, readonly number[]>>;
  /** Events that each found in its last round. */
  readonly seen: Readonly<Record<Contestant, number>>;
}

/** Lets each read in turn, round after round; `recorded` tells the pages that the first reader asked for in the first round. */
async function playRounds(
  rounds: number,
  readers: Readonly<Record<Contestant, (task: Task) => Promise<Round>>>,
  place: Omit<Task, "pages">,
  recorded: () => readonly string[],
  say: (line: string) => void,
): Promise<Played> {
  const roundsMs: Record<Contestant, number[]> = { ours: [], bare: [], ethers: [] };
  const seen: Record<Contestant, number> = { ours: 0, bare: 0, ethers: 0 };
  let pages: readonly string[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of CONTESTANTS) {
      const { milliseconds, events } = await readers[name]({ ...place, pages });
      if (round === 0 && name === "ours") pages = recorded();
      seen[name] = events;
      if (round > 0) roundsMs[name].push(Math.round(milliseconds));
      say(`round ${round} of ${rounds}: ${name} ${Math.round(milliseconds)} ms, ${events} events`);
    }
  }
  return { roundsMs, seen };
}

/** A contestant in a process of its own; answers how each round went. */
function startReader(name: Contestant, cleanup: Cleanup): (task: Task) => Promise<Round> {
  const path = fileURLToPath(new URL(`contestants/${name}.ts`, import.meta.url));
  const child = fork(path, { execArgv: ["--import", "tsx", "--expose-gc"] });
  const exited = once(child, "exit");
  cleanup.add(async () => {
    if (child.connected) child.disconnect();
    await exited;
  });
  return async (task) => {
    const answer = Promise.race([
      once(child, "message"),
      exited.then(() => Promise.reject(new Error(`${name} ended`))),
    ]);
    child.send(task);
    const [round] = (await answer) as [Round];
    return round;
  };
}

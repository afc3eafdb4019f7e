// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import type { Clock } from "../ports/clock.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { followChain } from "./follower.ts";
import { createFakeChain, hash, opened } from "./test/fake-chain.ts";
import { silentLog } from "./test/silent-log.ts";

const owner = { chainId: 1, market: "0xaa", provider: "0xbb" } as const;
const unreachable = new RetryableError("E_RPC_UNREACHABLE", "no", { atRisk: "nothing", next: "wait" });

describe("follower", () => {
  /** Follows a fake chain; `script` is called at each wait, and answers false to end. */
  async function follow(script: (turn: number, chain: ReturnType<typeof createFakeChain>) => boolean) {
    const chain = createFakeChain();
    const journal = openJournal(":memory:", owner);
    const ending = new AbortController();
    const told = { waits: [] as number[], wakes: 0, failures: [] as unknown[], journal };
    const clock: Clock = {
      now: () => 0,
      sleep: async (milliseconds, signal) => {
        told.waits.push(milliseconds);
        if (!script(told.waits.length, chain)) ending.abort(new Error("over"));
        signal.throwIfAborted();
      },
    };
    const reading = {
      chain,
      journal,
      startBlock: 0n,
      overlapBlocks: 2n,
      log: silentLog,
      clock,
      random: () => 1,
    };
    const options = { ...reading, pollIntervalMs: 1_000, wake: () => void (told.wakes += 1) };
    await followChain({ ...options, onFailure: (error) => void told.failures.push(error) }, ending.signal);
    return told;
  }

  it("wakes whoever waits whenever the chain has moved, and only then", async () => {
    const { wakes, journal, waits } = await follow((turn, chain) => {
      if (turn === 2) chain.mine(opened(1n, hash("01"), 1n));
      return turn < 5;
    });
    expect(wakes).to.equal(2);
    expect(waits).to.deep.equal([1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(journal.leaseNotes()).to.have.length(1);
  });

  it("waits longer after each failure, at most half a minute, and as before once all is well", async () => {
    const { waits, failures, wakes } = await follow((turn, chain) => {
      chain.failure = turn < 8 ? unreachable : null;
      if (turn === 8) chain.mine();
      return turn < 10;
    });
    expect(waits).to.deep.equal([1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 1_000, 1_000]);
    expect(failures).to.deep.equal(Array.from({ length: 7 }, () => unreachable));
    expect(wakes).to.equal(2);
  });

  it("a failure leaves the cursor where it was", async () => {
    const { journal } = await follow((turn, chain) => {
      chain.mine(opened(BigInt(turn), hash("01"), BigInt(turn)));
      chain.failure = unreachable;
      return turn < 3;
    });
    expect(journal.cursor()?.blockNumber).to.equal(0n);
  });

  it("ends when it is told to, without an error, while it waits for an answer too", async () => {
    const chain = createFakeChain();
    const ending = new AbortController();
    const failures: unknown[] = [];
    const stuck = {
      ...chain,
      head: (signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    };
    const clock: Clock = { now: () => 0, sleep: async () => undefined };
    const journal = openJournal(":memory:", owner);
    const reading = {
      chain: stuck,
      journal,
      startBlock: 0n,
      overlapBlocks: 2n,
      log: silentLog,
      clock,
      random: () => 1,
    };
    const options = { ...reading, pollIntervalMs: 1, wake: () => undefined };
    const following = followChain({ ...options, onFailure: (error) => failures.push(error) }, ending.signal);
    ending.abort(new Error("over"));
    await following;
    expect(failures).to.deep.equal([]);
  });
});

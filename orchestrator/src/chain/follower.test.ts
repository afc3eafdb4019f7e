// SPDX-License-Identifier: Apache-2.0
import { type BerthError, RetryableError } from "@berth/sdk";
import { expect } from "chai";
import type { Clock } from "../ports/clock.ts";
import type { ChainEvent } from "../ports/market-chain.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { followChain } from "./follower.ts";
import { createFakeChain, type FakeChain, hash, opened } from "./test/fake-chain.ts";
import { silentLog } from "./test/silent-log.ts";

const owner = { chainId: 1, market: "0xaa", provider: "0xbb" } as const;
const unreachable = new RetryableError("E_RPC_UNREACHABLE", "no", { atRisk: "nothing", next: "wait" });

describe("follower", function () {
  this.timeout(10_000);
  /** Follows a fake chain; `script` is called at each wait, and answers false to end. */
  async function follow(
    script: (turn: number, chain: FakeChain) => boolean,
    changes: { readonly knowsFinality?: boolean } = {},
  ) {
    const chain = createFakeChain();
    chain.finalDepth = 4n;
    for (let block = 0; block < 20; block += 1) chain.mine();
    const journal = openJournal(":memory:", owner);
    const ending = new AbortController();
    const told = {
      waits: [] as number[],
      events: [] as ChainEvent[],
      failures: [] as unknown[],
      gate: [] as string[],
      journal,
    };
    const clock: Clock = {
      now: () => 0,
      monotonic: () => told.waits.length * 20_000,
      sleep: async (milliseconds, signal) => {
        told.waits.push(milliseconds);
        if (!script(told.waits.length, chain)) ending.abort(new Error("over"));
        signal.throwIfAborted();
      },
    };
    const gate = {
      close: ({ code }: BerthError) => void told.gate.push(code),
      open: () => void (told.gate.at(-1) === "open" || told.gate.push("open")),
      replaced: () => undefined,
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
    const options = { ...reading, pollIntervalMs: 1_000, linkedBlocks: 8, knowsFinality: false, gate };
    const onEvent = (event: ChainEvent) => void told.events.push(event);
    await followChain(
      { ...options, ...changes, onEvent, onFailure: (error) => void told.failures.push(error) },
      ending.signal,
    );
    return told;
  }

  it("wakes whoever waits whenever the chain has moved, and only then", async () => {
    const { events, journal, waits } = await follow((turn, chain) => {
      if (turn === 2) chain.mine(opened(1n, hash("01"), 1n));
      return turn < 5;
    });
    expect(kindsOf(events)).to.deep.equal(["block", "block"]);
    expect(waits).to.deep.equal([1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(journal.leaseNotes()).to.have.length(1);
  });

  it("waits longer after each failure, at most half a minute, and as before once all is well", async () => {
    const { waits, failures, events } = await follow((turn, chain) => {
      chain.failure = turn < 8 ? unreachable : null;
      if (turn === 8) chain.mine();
      return turn < 10;
    });
    expect(waits).to.deep.equal([1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 1_000, 1_000]);
    expect(failures).to.deep.equal(Array.from({ length: 7 }, () => unreachable));
    expect(kindsOf(events)).to.deep.equal(["block", "block"]);
  });

  it("a failure leaves the cursor where it was", async () => {
    const { journal } = await follow((turn, chain) => {
      chain.mine(opened(BigInt(turn), hash("01"), BigInt(turn)));
      chain.failure = unreachable;
      return turn < 3;
    });
    expect(journal.cursor()?.blockNumber).to.equal(20n);
  });

  it("tells of a replaced chain before its events are read, and of the new head afterwards", async () => {
    const { events, gate } = await follow((turn, chain) => {
      if (turn === 5) {
        chain.drop(3);
        for (let block = 0; block < 4; block += 1) chain.mine();
      }
      return turn < 7;
    });
    expect(kindsOf(events)).to.deep.equal(["block", "reorg", "block"]);
    const reorg = events[1];
    expect(reorg?.kind === "reorg" && reorg.ancestor?.number).to.equal(17n);
    expect(gate).to.deep.equal(["open"]);
  });

  it("tells of a reorganisation also where its events cannot be read yet", async () => {
    const { events } = await follow((turn, chain) => {
      if (turn === 1) {
        chain.drop(1);
        chain.mine(opened(1n, hash("01"), 1n));
        chain.isHidden = () => true;
      }
      return turn < 3;
    });
    expect(kindsOf(events)).to.deep.equal(["block", "reorg"]);
  });

  it("nothing is acted on from a chain replaced deeper than is remembered, until all of it was read", async () => {
    const { gate, journal } = await follow((turn, chain) => {
      if (turn === 1) {
        chain.drop(15);
        chain.mine(opened(1n, hash("01"), 1n));
        for (let block = 0; block < 20; block += 1) chain.mine();
        chain.isHidden = () => true;
      }
      if (turn === 3) chain.isHidden = () => false;
      return turn < 5;
    });
    expect(gate).to.deep.equal(["open", "E_REORG_TOO_DEEP", "open"]);
    expect(journal.leaseNotes()).to.have.length(1);
  });

  it("tells what became final, and nothing is ever acted on from a chain that lacks it", async () => {
    const replace = (turn: number, chain: FakeChain): boolean => {
      if (turn === 2) {
        chain.drop(6);
        for (let block = 0; block < 9; block += 1) chain.mine();
      } else if (turn === 1) chain.mine();
      return turn < 5;
    };
    const { events, gate, failures } = await follow(replace, { knowsFinality: true });
    const final = events.flatMap((event) => (event.kind === "finalize" ? [event.block.number] : []));
    expect(final).to.deep.equal([16n, 17n]);
    expect(new Set(gate.slice(1))).to.deep.equal(new Set(["E_FINALITY_CROSSED"]));
    expect(failures).to.have.length(3);
    const onLocalChain = await follow(replace);
    expect(onLocalChain.failures).to.deep.equal([]);
    expect(kindsOf(onLocalChain.events)).to.include("reorg").and.not.include("finalize");
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
    const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: async () => undefined };
    const gate = { close: () => undefined, open: () => undefined, replaced: () => undefined };
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
    const options = {
      ...reading,
      pollIntervalMs: 1,
      gate,
      linkedBlocks: 8,
      knowsFinality: false,
      onEvent: () => undefined,
    };
    const following = followChain({ ...options, onFailure: (error) => failures.push(error) }, ending.signal);
    ending.abort(new Error("over"));
    await following;
    expect(failures).to.deep.equal([]);
  });
});

function kindsOf(events: readonly ChainEvent[]): readonly string[] {
  return events.map(({ kind }) => kind);
}

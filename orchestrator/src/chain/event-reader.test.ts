// SPDX-License-Identifier: Apache-2.0
import { RetryableError } from "@berth/sdk";
import { expect } from "chai";
import type { Journal } from "../ports/journal.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { createEventReader } from "./event-reader.ts";
import {
  changed,
  createFakeChain,
  type FakeChain,
  hash,
  opened,
  reported,
  started,
  used,
} from "./test/fake-chain.ts";
import { silentLog } from "./test/silent-log.ts";

const owner = { chainId: 1, market: "0xaa", provider: "0xbb" } as const;

describe("event reader", () => {
  const { signal } = new AbortController();
  let chain: FakeChain;
  let journal: Journal;
  let readOn: (signal: AbortSignal) => Promise<boolean>;

  const reader = (overlapBlocks = 2n, startBlock = 0n) => {
    const read = createEventReader({ chain, journal, startBlock, overlapBlocks, log: silentLog });
    return async (turn: AbortSignal) => read(await chain.head(turn), turn);
  };
  const notes = () => journal.leaseNotes().map(({ leaseId, manifestHash }) => [leaseId, manifestHash]);

  /** A RetryableError with that code, or a failing test. */
  async function failure(reading: Promise<unknown>): Promise<string> {
    try {
      await reading;
    } catch (error) {
      if (error instanceof RetryableError) return error.code;
      throw error;
    }
    throw new Error("it did not fail");
  }

  beforeEach(() => {
    chain = createFakeChain();
    journal = openJournal(":memory:", owner);
    readOn = reader();
  });

  afterEach(() => journal.close());

  it("notes the manifest of every lease, the newest one, and moves the cursor to the head", async () => {
    chain.mine(opened(1n, hash("01"), 1n), started(1n, 2n));
    chain.mine(opened(2n, hash("02"), 3n), changed(1n, hash("11"), 4n), reported());
    expect(await readOn(signal)).to.equal(true);
    expect(notes()).to.deep.equal([
      [1n, hash("11")],
      [2n, hash("02")],
    ]);
    const head = await chain.head(signal);
    expect(journal.cursor()).to.deep.equal({ blockNumber: 2n, blockHash: head.hash, sequence: 4n });
  });

  it("an event that is told twice counts once", async () => {
    const [opening, change] = [opened(1n, hash("01"), 1n), changed(1n, hash("11"), 2n)];
    chain.mine(opening, opening, change, change);
    await readOn(signal);
    expect(notes()).to.deep.equal([[1n, hash("11")]]);
    expect(journal.cursor()?.sequence).to.equal(2n);
  });

  it("notes the last figures that reports showed, also when everything is read again from nothing", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    chain.mine(reported(), used(1n, 5n), used(99n, 5n));
    chain.mine(reported(), used(1n, 9n));
    await readOn(signal);
    expect(journal.reportedUsage(1n)?.servedSeconds).to.equal(9n);
    expect(journal.reportedUsage(99n)).to.equal(null);
  });

  it("reads nothing while the head stands still", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    await readOn(signal);
    expect(await readOn(signal)).to.equal(false);
    expect(chain.asked).to.have.length(1);
  });

  it("goes on from the journal's cursor after a restart, with the overlap and no more", async () => {
    for (let block = 1n; block <= 10n; block += 1n) chain.mine(opened(block, hash("01"), block));
    await readOn(signal);
    chain.mine(opened(11n, hash("0b"), 11n));
    await reader()(signal);
    expect(chain.asked.at(-1)).to.deep.equal([9n, 11n]);
    expect(journal.leaseNotes()).to.have.length(11);
  });

  it("reads a long chain page by page and is where it was when it fails in the middle", async () => {
    for (let block = 1n; block <= 25_000n; block += 1n) chain.mine();
    chain.mine(opened(1n, hash("01"), 1n));
    chain.onRead = (name) => {
      if (name === "events" && chain.asked.length === 2)
        chain.failure = new RetryableError("E_RPC_FAILED", "no", { atRisk: "", next: "" });
    };
    expect(await failure(readOn(signal))).to.equal("E_RPC_FAILED");
    expect(journal.cursor()?.blockNumber).to.equal(19_999n);
    chain.onRead = () => undefined;
    chain.failure = null;
    await readOn(signal);
    expect(chain.asked.map(([from]) => from)).to.deep.equal([0n, 9_998n, 19_998n]);
    expect(notes()).to.deep.equal([[1n, hash("01")]]);
  });

  it("an event that one node did not show is found by the count, and read from another", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    await readOn(signal);
    chain.mine(opened(2n, hash("02"), 2n));
    chain.isHiddenFrom = (skip) => skip === 0;
    await readOn(signal);
    expect(chain.asked.slice(1)).to.deep.equal([
      [0n, 2n],
      [0n, 2n],
    ]);
    expect(notes()).to.have.length(2);
  });

  it("an event that no node showed is found by the count, and read from the start block", async () => {
    for (let block = 0; block < 5; block += 1) chain.mine();
    chain.mine(opened(1n, hash("01"), 1n));
    await readOn(signal);
    for (let block = 0; block < 5; block += 1) chain.mine();
    chain.mine(opened(2n, hash("02"), 2n), started(1n, 3n));
    let hidden = 0;
    chain.isHidden = ({ args }) => "sequence" in args && args.sequence === 2n && hidden++ < 2;
    await readOn(signal);
    expect(hidden).to.equal(3);
    expect(chain.asked.slice(1)).to.deep.equal([
      [5n, 12n],
      [5n, 12n],
      [0n, 12n],
    ]);
    expect(notes()).to.deep.equal([
      [1n, hash("01")],
      [2n, hash("02")],
    ]);
  });

  it("a gap that stays leaves the cursor where it was and says between which blocks", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    await readOn(signal);
    const before = journal.cursor();
    chain.mine(opened(2n, hash("02"), 2n));
    chain.mine(started(2n, 3n));
    chain.isHidden = ({ args }) => "sequence" in args && args.sequence === 2n;
    expect(await failure(readOn(signal))).to.equal("E_EVENTS_MISSING");
    expect(journal.cursor()).to.deep.equal(before);
    chain.isHidden = () => false;
    await readOn(signal);
    expect(notes()).to.have.length(2);
  });

  it("a start block after the first lease is refused, not taken for a chain without leases", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    chain.mine();
    expect(await failure(reader(0n, 2n)(signal))).to.equal("E_EVENTS_MISSING");
    expect(journal.cursor()).to.equal(null);
  });

  it("a replaced chain is read again from the common ancestor", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    await readOn(signal);
    chain.mine(opened(2n, hash("02"), 2n));
    await readOn(signal);
    chain.mine();
    await readOn(signal);
    chain.drop(2);
    chain.mine();
    chain.mine(opened(2n, hash("22"), 2n));
    chain.asked.length = 0;
    expect(await readOn(signal)).to.equal(true);
    expect(chain.asked).to.deep.equal([[0n, 3n]]);
    expect(notes()).to.deep.equal([
      [1n, hash("01")],
      [2n, hash("22")],
    ]);
    expect(journal.cursor()?.sequence).to.equal(2n);
  });

  it("a chain that was replaced while the daemon was down, deeper than the overlap, is read from the start", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    for (let block = 0; block < 9; block += 1) chain.mine();
    await readOn(signal);
    chain.drop(10);
    chain.mine(opened(1n, hash("ff"), 1n));
    for (let block = 0; block < 9; block += 1) chain.mine();
    await reader()(signal);
    expect(notes()).to.deep.equal([[1n, hash("ff")]]);
  });

  it("a node that is a little behind is waited for; a chain that begins anew is read from the start", async () => {
    for (let block = 0; block < 8; block += 1) chain.mine();
    await readOn(signal);
    const before = journal.cursor();
    chain.drop(2);
    expect(await readOn(signal)).to.equal(false);
    expect(journal.cursor()).to.deep.equal(before);
    chain.drop(5);
    chain.mine(opened(1n, hash("01"), 1n));
    expect(await readOn(signal)).to.equal(true);
    expect(notes()).to.deep.equal([[1n, hash("01")]]);
    expect(journal.cursor()?.blockNumber).to.equal(2n);
  });

  it("a head that is replaced between its events and its count moves nothing", async () => {
    chain.mine(opened(1n, hash("01"), 1n));
    chain.onRead = (name) => {
      if (name !== "provider") return;
      chain.drop(1);
      chain.mine(opened(1n, hash("02"), 1n));
      chain.onRead = () => undefined;
    };
    expect(await failure(readOn(signal))).to.equal("E_CHAIN_ANSWER_UNUSABLE");
    expect(journal.cursor()).to.equal(null);
    expect(notes()).to.deep.equal([]);
    await readOn(signal);
    expect(notes()).to.deep.equal([[1n, hash("02")]]);
  });
});

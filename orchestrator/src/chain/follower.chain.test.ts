// SPDX-License-Identifier: Apache-2.0
import { connectMarket, marketCalls } from "@berth/sdk";
import { expect } from "chai";
import { systemClock } from "../config/system-clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { MarketChain } from "../ports/market-chain.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { followChain } from "./follower.ts";
import { createMarketChain } from "./market-chain.ts";
import { ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { clientOf, createWorld, type MarketWorld } from "./test/market-world.ts";
import { newestHeads, soleMarket } from "./test/reads.ts";
import { type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";
import { silentLog } from "./test/silent-log.ts";

describe("follower on a real node", function () {
  this.timeout(60_000);
  let world: MarketWorld;
  let proxy: RpcProxy;
  let journal: Journal;
  let chain: MarketChain;
  let ending: AbortController;
  let following: Promise<void>;
  let failures: unknown[];
  /** How many of the newest events the node keeps to itself. */
  let hidden = 0;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
    const place = { address: world.market, chainId: world.chainId };
    const market = await connectMarket({ client: clientOf(proxy.url), ...place });
    const honest = createMarketChain({
      reads: soleMarket(market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    chain = {
      ...honest,
      events: async (from, to, signal) => {
        const events = await honest.events(from, to, signal);
        return events.slice(0, events.length - hidden);
      },
    };
  });

  beforeEach(() => {
    journal = openJournal(":memory:", ownerOf(world));
    failures = [];
    ending = new AbortController();
    following = follow();
  });

  afterEach(async () => {
    proxy.fateOf = () => "answered";
    hidden = 0;
    ending.abort(new Error("over"));
    await following;
    journal.close();
  });

  after(async () => {
    await proxy.stop();
    await world.node.stop();
  });

  function follow(): Promise<void> {
    const reading = { chain, journal, startBlock: 0n, overlapBlocks: 4n, log: silentLog };
    const pace = { pollIntervalMs: 20, clock: systemClock, random: Math.random, onEvent: () => undefined };
    const gate = { close: () => undefined, open: () => undefined, replaced: () => undefined };
    const linking = { gate, linkedBlocks: 16, knowsFinality: false };
    return followChain(
      { ...reading, ...pace, ...linking, onFailure: (error) => failures.push(error) },
      ending.signal,
    );
  }

  const noteOf = (lease: bigint) =>
    journal.leaseNotes().find(({ leaseId }) => leaseId === lease)?.manifestHash;

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it("notes every lease and every change of its manifest", async () => {
    const lease = await world.openLease(hash("01"));
    await until(() => noteOf(lease) === hash("01"));
    await world.send(world.tenant, marketCalls(world.market).setManifest(lease, hash("02")));
    await until(() => noteOf(lease) === hash("02"));
    expect(failures).to.deep.equal([]);
    expect(journal.cursor()?.sequence).to.equal(2n);
  });

  it("misses nothing that happens while the RPC is away", async () => {
    await until(() => journal.cursor() !== null);
    proxy.fateOf = () => "requestLost";
    const leases = [await world.openLease(hash("03")), await world.openLease(hash("04"))];
    await until(() => failures.length > 1);
    expect(leases.map(noteOf)).to.deep.equal([undefined, undefined]);
    proxy.fateOf = () => "answered";
    await until(() => leases.every((lease) => noteOf(lease) !== undefined));
    expect(leases.map(noteOf)).to.deep.equal([hash("03"), hash("04")]);
  });

  it("sees through a node that keeps events to itself: the cursor stays until it does", async () => {
    await until(() => journal.cursor() !== null);
    const before = journal.cursor();
    hidden = 1;
    const lease = await world.openLease(hash("05"));
    await until(() => failures.length > 0);
    expect(failures[0]).to.have.property("code", "E_EVENTS_MISSING");
    expect(journal.cursor()).to.deep.equal(before);
    hidden = 0;
    await until(() => noteOf(lease) === hash("05"));
  });

  it("reads again what a reorganisation of two blocks replaced", async () => {
    const lease = await world.openLease(hash("06"));
    await world.control.mine({ blocks: 1 });
    await until(() => noteOf(lease) === hash("06"));
    const sequence = journal.cursor()?.sequence ?? 0n;
    await world.control.request({ method: "anvil_reorg", params: [2, []] } as never);
    await until(() => journal.cursor()?.sequence === sequence - 1n);
    const again = await world.openLease(hash("07"));
    expect(again).to.equal(lease);
    await until(() => noteOf(lease) === hash("07"));
    const head = await world.client.getBlock();
    await until(() => journal.cursor()?.blockHash === head.hash);
    expect(journal.cursor()?.sequence).to.equal(sequence);
    expect(failures).to.deep.equal([]);
  });

  it("reads again what was replaced while it was down", async () => {
    const lease = await world.openLease(hash("08"));
    await until(() => noteOf(lease) === hash("08"));
    ending.abort(new Error("over"));
    await following;
    await world.control.request({ method: "anvil_reorg", params: [1, []] } as never);
    expect(await world.openLease(hash("09"))).to.equal(lease);
    ending = new AbortController();
    following = follow();
    await until(() => noteOf(lease) === hash("09"));
  });
});

// SPDX-License-Identifier: Apache-2.0
import { BerthError, type LeaseStatus, marketCalls } from "@berth/sdk";
import { expect } from "chai";
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { bootDaemon, type Daemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";

const SEND = "eth_sendRawTransaction";
const TWENTY = 20;

describe("acts on many leases on a real node", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let proxy: RpcProxy;
  let journal: Journal;
  let daemon: Daemon;
  let snapshot: `0x${string}`;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
  });

  beforeEach(async () => {
    snapshot = await world.control.snapshot();
    journal = openJournal(":memory:", ownerOf(world));
    journal.setInstance(0);
    daemon = await bootDaemon(world, proxy.url, journal);
    proxy.asked.length = 0;
  });

  afterEach(async () => {
    proxy.fateOf = () => "answered";
    await world.control.setAutomine(true);
    journal.close();
    await world.control.revert({ id: snapshot });
  });

  after(async () => {
    await proxy.stop();
    await world.node.stop();
  });

  const sent = (): number => proxy.asked.filter((method) => method === SEND).length;
  const simulated = (): number => proxy.asked.filter((method) => method === "eth_estimateGas").length;
  const statusesOf = async (leases: readonly bigint[]): Promise<readonly LeaseStatus[]> =>
    (await daemon.market.leaseSummaries(leases)).map(({ status }) => status);
  const start = (lease: bigint): Promise<string> =>
    daemon.actions.startLease(lease, signal).then(() => "done", codeOf);

  function codeOf(error: unknown): string {
    if (error instanceof BerthError) return error.code;
    throw error;
  }

  async function openLeases(count: number): Promise<bigint[]> {
    const leases: bigint[] = [];
    for (let index = 0; index < count; index += 1) leases.push(await world.openLease(hash("01")));
    return leases;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** An act whose transaction is on its way and stays so until blocks are made again. */
  async function busy(): Promise<{ readonly going: Promise<string> }> {
    const [lease = 0n] = await openLeases(1);
    await world.control.setAutomine(false);
    const going = start(lease);
    await until(() => journal.pendingOutbox()[0]?.state === "sent");
    return { going };
  }

  it("twenty starts that are asked for while a transaction is on its way go out together in the next one", async () => {
    const leases = await openLeases(TWENTY);
    const { going } = await busy();
    const starts = leases.map(start);
    await world.control.setAutomine(true);
    await world.control.mine({ blocks: 1 });
    expect(await going).to.equal("done");
    expect(await Promise.all(starts)).to.deep.equal(leases.map(() => "done"));
    expect(sent()).to.equal(2);
    expect(await statusesOf(leases)).to.deep.equal(leases.map(() => "active"));
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("closes go out together by their cause", async () => {
    const leases = await openLeases(TWENTY);
    const causeOf = (lease: bigint) => (lease % 2n === 0n ? "image" : "capacity");
    await Promise.all(leases.map((lease) => daemon.actions.closeLease(lease, causeOf(lease), signal)));
    expect(sent()).to.equal(2);
    const after = await daemon.market.leaseSummaries(leases);
    expect(after.map(({ reason }) => reason)).to.deep.equal(leases.map(() => "declined"));
  });

  it("one that cannot be started holds up none of the others, and is told why by the contract", async () => {
    const leases = await openLeases(TWENTY);
    const closed = leases[7] ?? 0n;
    await world.send(world.provider, marketCalls(world.market).closeByProvider(0n, [closed], "drain"));
    const unknown = 9_999n;
    const answers = await Promise.all([...leases.slice(0, 10), unknown, ...leases.slice(10)].map(start));
    const expected = leases.map((lease) => (lease === closed ? "E_LEASE_STATUS_UNEXPECTED" : "done"));
    expect(answers.toSpliced(10, 1)).to.deep.equal(expected);
    expect(answers[10]).to.equal("E_LEASE_UNKNOWN");
    expect(sent()).to.equal(1);
  });

  it("one that only the contract knows to be unfit makes the list shorter until the others go through", async () => {
    const leases = await openLeases(TWENTY);
    const leaseSummaries = daemon.market.leaseSummaries.bind(daemon.market);
    const lying = Object.assign(daemon.market, {
      leaseSummaries: async (...args: Parameters<typeof leaseSummaries>) => {
        const [ids] = args;
        const told = await leaseSummaries(...args);
        return told.map((lease, index) => (ids[index] === 9_999n ? { ...lease, status: "pending" } : lease));
      },
    });
    expect(lying).to.equal(daemon.market);
    const answers = await Promise.all([...leases.slice(0, 10), 9_999n, ...leases.slice(10)].map(start));
    expect(answers.toSpliced(10, 1)).to.deep.equal(leases.map(() => "done"));
    expect(answers[10]).to.equal("E_LEASE_UNKNOWN");
    expect(sent()).to.be.within(2, 6);
  });

  it("a refusal that is of the provider is told to all who asked, without trying shorter lists", async () => {
    const leases = await openLeases(TWENTY);
    await world.send(world.provider, marketCalls(world.market).setOperator(world.tenant.address));
    const answers = await Promise.all(leases.map(start));
    expect(new Set(answers).size).to.equal(1);
    expect(answers[0]).to.match(/^E_PROVIDER_/);
    expect([sent(), simulated()]).to.deep.equal([0, TWENTY]);
  });

  it("never more than a hundred leases share a transaction, and a hundred fit into one", async () => {
    await world.send(world.provider, marketCalls(world.market).setCapacity(0n, world.offerId, 200n));
    const leases = await openLeases(101);
    await Promise.all(leases.map(start));
    const entries: OutboxEntry[] = [];
    const add = journal.addToOutbox.bind(journal);
    journal.addToOutbox = (entry) => {
      entries.push({ ...entry, id: 0, state: "signed" });
      return add(entry);
    };
    await Promise.all(leases.map((lease) => daemon.actions.closeLease(lease, "drain", signal)));
    const first = await world.client.getTransactionReceipt({ hash: entries[0]?.hash ?? "0x" });
    expect(entries.map(({ purpose }) => purpose.split(",").length)).to.deep.equal([100, 1]);
    expect(Number(first.gasUsed)).to.be.below(16_777_216 / 2);
  });

  it("an asker who gives up while he waits leaves the others their transaction", async () => {
    const leases = await openLeases(3);
    const { going } = await busy();
    const leaving = new AbortController();
    const [left, ...others] = leases;
    const gone = daemon.actions.startLease(left ?? 0n, leaving.signal).catch((error: unknown) => error);
    const starts = others.map(start);
    leaving.abort(new Error("over"));
    expect(await gone).to.have.property("message", "over");
    await world.control.setAutomine(true);
    await world.control.mine({ blocks: 1 });
    await going;
    expect(await Promise.all(starts)).to.deep.equal(["done", "done"]);
    expect(await statusesOf(leases)).to.deep.equal(["pending", "active", "active"]);
    expect(sent()).to.equal(2);
  });

  it("a list that was signed before the daemon died starts each lease once, whoever asks again", async () => {
    const leases = await openLeases(TWENTY);
    proxy.fateOf = (method) => (method === SEND ? "requestLost" : "answered");
    const halted = new AbortController();
    const dying = leases.map((lease) =>
      daemon.actions.startLease(lease, halted.signal).catch(() => undefined),
    );
    await until(() => journal.pendingOutbox().length === 1);
    halted.abort(new Error("killed"));
    await Promise.all(dying);
    expect(await statusesOf(leases)).to.deep.equal(leases.map(() => "pending"));

    proxy.fateOf = () => "answered";
    proxy.asked.length = 0;
    daemon = await bootDaemon(world, proxy.url, journal);
    await daemon.sender.recover(signal);
    expect(await Promise.all(leases.map(start))).to.deep.equal(leases.map(() => "done"));
    expect(await statusesOf(leases)).to.deep.equal(leases.map(() => "active"));
    expect(sent()).to.equal(1);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { BerthError, type LeaseStatus, marketCalls } from "@berth/sdk";
import { expect } from "chai";
import { createWalletClient, http, parseEther } from "viem";
import { foundry } from "viem/chains";
import type { Journal, OutboxEntry } from "../ports/journal.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { draftOf } from "./signing.ts";
import { bootDaemon, type Daemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { type Fate, type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";

const SEND = "eth_sendRawTransaction";

describe("transaction sender on a real node", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let proxy: RpcProxy;
  let journal: Journal;
  let written: OutboxEntry[];
  let daemon: Daemon;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
  });

  beforeEach(async () => {
    journal = openJournal(":memory:", ownerOf(world));
    written = recordOutbox(journal);
    journal.setInstance(0);
    daemon = await bootDaemon(world, proxy.url, journal);
  });

  afterEach(async () => {
    proxy.fateOf = () => "answered";
    await world.control.setAutomine(true);
    journal.close();
  });

  after(async () => {
    await proxy.stop();
    await world.node.stop();
  });

  const nonceNow = () => world.client.getTransactionCount({ address: world.operator.address });
  const statusOf = async (leaseId: bigint): Promise<LeaseStatus> =>
    (await daemon.market.leaseSummary(leaseId)).status;

  async function failure(work: Promise<unknown>): Promise<BerthError> {
    try {
      await work;
    } catch (error) {
      if (error instanceof BerthError) return error;
      throw error;
    }
    throw new Error("it did not fail");
  }

  /** Sends coin from the operator's key by hand. */
  async function sendForeign(): Promise<void> {
    const wallet = createWalletClient({
      account: world.operator,
      chain: foundry,
      transport: http(world.node.url),
    });
    const sent = await wallet.sendTransaction({ to: world.tenant.address, value: 1n });
    await world.client.waitForTransactionReceipt({ hash: sent });
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it("acts that are asked for at once leave one after the other under contiguous nonces", async () => {
    const leases = [
      await world.openLease(hash("01")),
      await world.openLease(hash("02")),
      await world.openLease(hash("03")),
    ];
    await Promise.all(leases.map((lease) => daemon.actions.startLease(lease, signal)));
    written.length = 0;
    const first = await nonceNow();
    await Promise.all(leases.map((lease) => daemon.actions.pauseLease(lease, signal)));
    expect(written.map(({ nonce }) => nonce)).to.deep.equal([first, first + 1, first + 2]);
    expect(await Promise.all(leases.map(statusOf))).to.deep.equal(["paused", "paused", "paused"]);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("a transaction that was written down and never sent is sent once after a restart", async () => {
    const lease = await world.openLease(hash("01"));
    const before = await nonceNow();
    proxy.fateOf = (method) => (method === SEND ? "requestLost" : "answered");
    expect(await failure(daemon.actions.startLease(lease, signal))).to.include({
      code: "E_RPC_UNREACHABLE",
      retryable: true,
    });
    expect(journal.pendingOutbox().map(({ state }) => state)).to.deep.equal(["signed"]);
    expect(await nonceNow()).to.equal(before);

    proxy.fateOf = () => "answered";
    const reborn = await bootDaemon(world, proxy.url, journal);
    await reborn.sender.recover(signal);
    await reborn.sender.recover(signal);
    expect(await statusOf(lease)).to.equal("active");
    expect(await nonceNow()).to.equal(before + 1);
    expect(written).to.have.length(1);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("a transaction that arrived although its answer was lost is not sent a second time", async () => {
    const lease = await world.openLease(hash("01"));
    const before = await nonceNow();
    proxy.fateOf = (method) => (method === SEND ? "answerLost" : "answered");
    expect(await failure(daemon.actions.startLease(lease, signal))).to.include({ code: "E_RPC_UNREACHABLE" });
    proxy.fateOf = () => "answered";
    await daemon.actions.startLease(lease, signal);
    expect(await statusOf(lease)).to.equal("active");
    expect(await nonceNow()).to.equal(before + 1);
    expect(written).to.have.length(1);
  });

  it("a pending transaction that the node has already is waited for, not refused", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const giveUp = new AbortController();
    const starting = daemon.actions.startLease(lease, giveUp.signal);
    await until(() => written.length === 1 && journal.pendingOutbox()[0]?.state === "sent");
    giveUp.abort(new Error("over"));
    expect(await starting.catch((error: unknown) => error)).to.have.property("message", "over");
    expect(journal.pendingOutbox()).to.have.length(1);

    const recovering = (await bootDaemon(world, proxy.url, journal)).sender.recover(signal);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await world.control.mine({ blocks: 1 });
    await recovering;
    expect(await statusOf(lease)).to.equal("active");
    expect(journal.pendingOutbox()).to.deep.equal([]);
    expect(written).to.have.length(1);
  });

  it("a foreign transaction that takes the nonce between signing and sending costs a new nonce, no more", async () => {
    const lease = await world.openLease(hash("01"));
    const before = await nonceNow();
    let foreign = 0;
    proxy.fateOf = async (method): Promise<Fate> => {
      if (method === SEND && foreign++ === 0) await sendForeign();
      return "answered";
    };
    await daemon.actions.startLease(lease, signal);
    expect(written.map(({ nonce }) => nonce)).to.deep.equal([before, before + 1]);
    expect(await statusOf(lease)).to.equal("active");
    expect(await nonceNow()).to.equal(before + 2);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("a foreign transaction between two acts is counted in", async () => {
    const lease = await world.openLease(hash("01"));
    await daemon.actions.startLease(lease, signal);
    await sendForeign();
    await daemon.actions.pauseLease(lease, signal);
    expect(await statusOf(lease)).to.equal("paused");
    expect(written[1]?.nonce).to.equal((written[0]?.nonce ?? 0) + 2);
  });

  it("an entry whose nonce somebody else used while the daemon was down is given up", async () => {
    const lease = await world.openLease(hash("01"));
    proxy.fateOf = (method) => (method === SEND ? "requestLost" : "answered");
    await failure(daemon.actions.startLease(lease, signal));
    proxy.fateOf = () => "answered";
    await sendForeign();
    await daemon.sender.recover(signal);
    expect(journal.pendingOutbox()).to.deep.equal([]);
    expect(await statusOf(lease)).to.equal("pending");
    await daemon.actions.startLease(lease, signal);
    expect(await statusOf(lease)).to.equal("active");
  });

  it("an RPC that goes away while a receipt is awaited is an error to try again, and nothing is done twice", async () => {
    const lease = await world.openLease(hash("01"));
    const before = await nonceNow();
    proxy.fateOf = (method) => (method === "eth_getTransactionReceipt" ? "requestLost" : "answered");
    expect(await failure(daemon.actions.startLease(lease, signal))).to.include({ retryable: true });
    proxy.fateOf = () => "requestLost";
    expect(await failure(daemon.actions.startLease(lease, signal))).to.include({ code: "E_RPC_UNREACHABLE" });
    proxy.fateOf = () => "answered";
    await daemon.actions.startLease(lease, signal);
    expect(await nonceNow()).to.equal(before + 1);
  });

  it("what the contract refuses costs nothing: no nonce, no entry, no gas", async () => {
    const [lease, before] = [await world.openLease(hash("01")), await nonceNow()];
    const balance = await world.client.getBalance({ address: world.operator.address });
    expect(await failure(daemon.actions.pauseLease(lease, signal))).to.include({
      code: "E_LEASE_STATUS_UNEXPECTED",
    });
    expect(await nonceNow()).to.equal(before);
    expect(written).to.deep.equal([]);
    expect(await world.client.getBalance({ address: world.operator.address })).to.equal(balance);
  });

  it("a transaction that no block takes is sent again for at least an eighth more, under its own nonce", async () => {
    const lease = await world.openLease(hash("01"));
    const patient = await bootDaemon(world, proxy.url, journal, { bumpAfterMs: 100 });
    await world.control.setAutomine(false);
    const starting = patient.actions.startLease(lease, signal);
    await until(() => written.length === 3);
    await world.control.mine({ blocks: 1 });
    await starting;
    const fees = written.map((entry) => draftOf(entry));
    for (const [index, { maxFeePerGas, maxPriorityFeePerGas, nonce }] of fees.entries()) {
      const paid = fees[index - 1];
      if (paid === undefined) continue;
      expect(nonce).to.equal(paid.nonce);
      expect(maxFeePerGas * 8n >= paid.maxFeePerGas * 9n).to.equal(true);
      expect(maxPriorityFeePerGas * 8n >= paid.maxPriorityFeePerGas * 9n).to.equal(true);
    }
    expect(await statusOf(lease)).to.equal("active");
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("the fee cap is never passed: what it does not reach is sent again as it is", async () => {
    const lease = await world.openLease(hash("01"));
    const cap = (await world.client.estimateFeesPerGas()).maxFeePerGas;
    const frugal = await bootDaemon(world, proxy.url, journal, { bumpAfterMs: 60, maxFeePerGas: cap });
    await world.control.setAutomine(false);
    proxy.asked.length = 0;
    const starting = frugal.actions.startLease(lease, signal);
    await until(() => proxy.asked.filter((method) => method === SEND).length >= 3);
    expect(written).to.have.length(1);
    expect(draftOf(written[0] as OutboxEntry).maxFeePerGas <= cap).to.equal(true);
    await world.control.mine({ blocks: 1 });
    await starting;
    expect(await statusOf(lease)).to.equal("active");
  });

  it("a transaction that the contract undoes in its block is explained in the contract's words", async () => {
    const lease = await world.openLease(hash("01"));
    const before = await nonceNow();
    await world.control.setAutomine(false);
    const starting = failure(daemon.actions.startLease(lease, signal));
    await until(() => journal.pendingOutbox()[0]?.state === "sent");
    const wallet = createWalletClient({
      account: world.provider,
      chain: foundry,
      transport: http(world.node.url),
    });
    const { abi, address, functionName, args } = marketCalls(world.market).closeByProvider(
      0n,
      [lease],
      "drain",
    );
    const fees = { maxPriorityFeePerGas: 10n ** 10n, maxFeePerGas: 10n ** 11n, gas: 500_000n };
    await wallet.writeContract({ abi, address, functionName, args, ...fees });
    await world.control.mine({ blocks: 1 });
    expect(await starting).to.include({ code: "E_LEASE_STATUS_UNEXPECTED" });
    expect(await nonceNow()).to.equal(before + 1);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("an operator without gas money is told his address and what is at risk, and sends as soon as he has some", async () => {
    const lease = await world.openLease(hash("01"));
    const { address } = world.operator;
    await world.control.setBalance({ address, value: 1_000n });
    const poor = await failure(daemon.actions.startLease(lease, signal));
    expect(poor).to.include({ code: "E_GAS_MONEY_INSUFFICIENT", retryable: false });
    expect(poor.message).to.contain(address);
    expect(poor.atRisk).to.contain("pay of every lease");
    expect(written).to.deep.equal([]);
    await world.control.setBalance({ address, value: parseEther("100") });
    await daemon.actions.startLease(lease, signal);
    expect(await statusOf(lease)).to.equal("active");
  });

  it("a node's own refusal is an error to try again, and the nonce is free", async () => {
    const lease = await world.openLease(hash("01"));
    proxy.fateOf = (method) => (method === SEND ? { error: "transaction type not supported" } : "answered");
    expect(await failure(daemon.actions.startLease(lease, signal))).to.include({
      code: "E_TRANSACTION_REFUSED",
      retryable: true,
    });
    expect(journal.pendingOutbox()).to.deep.equal([]);
    proxy.fateOf = () => "answered";
    await daemon.actions.startLease(lease, signal);
    expect(written[1]?.nonce).to.equal(written[0]?.nonce);
    expect(await statusOf(lease)).to.equal("active");
  });

  it("a transaction that a reorganisation drops is sent anew without a gap in the nonces", async () => {
    const lease = await world.openLease(hash("01"));
    const before = await nonceNow();
    await daemon.actions.startLease(lease, signal);
    await world.control.request({ method: "anvil_reorg", params: [1, []] } as never);
    expect(await statusOf(lease)).to.equal("pending");
    await daemon.actions.startLease(lease, signal);
    expect(await statusOf(lease)).to.equal("active");
    expect(await nonceNow()).to.equal(before + 1);
  });
});

/** Notes what is written into a journal's outbox. */
function recordOutbox(journal: Journal): OutboxEntry[] {
  const written: OutboxEntry[] = [];
  const add = journal.addToOutbox.bind(journal);
  journal.addToOutbox = (entry) => {
    const id = add(entry);
    written.push({ ...entry, id, state: "signed" });
    return id;
  };
  return written;
}

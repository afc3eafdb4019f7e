// SPDX-License-Identifier: Apache-2.0
import { BerthError, type LeaseStatus, marketCalls } from "@berth/sdk";
import { expect } from "chai";
import { createWalletClient, encodeFunctionData, http } from "viem";
import { foundry } from "viem/chains";
import type { Journal } from "../ports/journal.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { draftOf, signIntoOutbox } from "./signing.ts";
import { bootDaemon, type Daemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";

const SEND = "eth_sendRawTransaction";

describe("nonces on a real node that mines when it is told to", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let proxy: RpcProxy;
  let journal: Journal;
  let daemon: Daemon;
  let mining: NodeJS.Timeout | undefined;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
  });

  beforeEach(async () => {
    journal = openJournal(":memory:", ownerOf(world));
    journal.setInstance(0);
    daemon = await bootDaemon(world, proxy.url, journal);
  });

  afterEach(async () => {
    clearInterval(mining);
    proxy.fateOf = () => "answered";
    await world.control.mine({ blocks: 1 });
    await world.control.setAutomine(true);
    journal.close();
  });

  after(async () => {
    await proxy.stop();
    await world.node.stop();
  });

  const used = () => world.client.getTransactionCount({ address: world.operator.address });
  const mineOn = (): void => {
    mining = setInterval(() => void world.control.mine({ blocks: 1 }), 60);
  };
  const statusOf = async (leaseId: bigint): Promise<LeaseStatus> =>
    (await daemon.market.leaseSummary(leaseId)).status;
  const wallet = () =>
    createWalletClient({ account: world.operator, chain: foundry, transport: http(world.node.url) });

  async function failure(work: Promise<unknown>): Promise<BerthError> {
    const error = await work.then(
      () => new Error("it did not fail"),
      (thrown: unknown) => thrown,
    );
    if (error instanceof BerthError) return error;
    throw error;
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it("a nonce before ours that nobody knows any more is filled, and ours is mined once", async () => {
    const lease = await world.openLease(hash("01"));
    const before = await used();
    const call = marketCalls(world.market).start(0n, [lease]);
    const data = encodeFunctionData(call);
    const fees = { gas: 500_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
    const draft = { chainId: 31_337, nonce: before + 1, to: world.market, data, ...fees };
    await signIntoOutbox(world.operator, journal, { purpose: `start lease ${lease}`, feeCap: null }, draft);
    await daemon.sender.recover(signal);
    expect(await statusOf(lease)).to.equal("active");
    expect(await used()).to.equal(before + 2);
    await daemon.sender.recover(signal);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("a gap is never filled while the node knows a transaction for it", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const before = await used();
    const foreign = await wallet().sendTransaction({ to: world.tenant.address, value: 1n });
    const call = marketCalls(world.market).start(0n, [lease]);
    const data = encodeFunctionData(call);
    const fees = { gas: 500_000n, maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
    const draft = { chainId: 31_337, nonce: before + 1, to: world.market, data, ...fees };
    await signIntoOutbox(world.operator, journal, { purpose: `start lease ${lease}`, feeCap: null }, draft);
    const recovering = daemon.sender.recover(signal);
    const looks = () => proxy.asked.filter((method) => method === "eth_getTransactionCount").length;
    proxy.asked.length = 0;
    await until(() => looks() > 20);
    await world.control.mine({ blocks: 1 });
    await recovering;
    expect((await world.client.getTransactionReceipt({ hash: foreign })).status).to.equal("success");
    expect(await statusOf(lease)).to.equal("active");
    expect(await used()).to.equal(before + 2);
  });

  it("a transaction that a lost journal forgot is waited for, and not done again under another nonce", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const before = await used();
    const giveUp = new AbortController();
    const starting = daemon.actions.startLease(lease, giveUp.signal).catch(() => undefined);
    await until(() => journal.pendingOutbox()[0]?.state === "sent");
    giveUp.abort(new Error("killed"));
    await starting;

    const fresh = openJournal(":memory:", ownerOf(world));
    fresh.setInstance(0);
    const reborn = await bootDaemon(world, proxy.url, fresh);
    await reborn.sender.recover(signal);
    const again = reborn.actions.startLease(lease, signal);
    mineOn();
    await again;
    expect(await statusOf(lease)).to.equal("active");
    expect(await used()).to.equal(before + 1);
    fresh.close();
  });

  it("a transaction that a lost journal forgot and the node hides costs no second effect: the nonce is the same", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const before = await used();
    const giveUp = new AbortController();
    const starting = daemon.actions.startLease(lease, giveUp.signal).catch(() => undefined);
    await until(() => journal.pendingOutbox()[0]?.state === "sent");
    giveUp.abort(new Error("killed"));
    await starting;

    proxy.fateOf = () => "pendingHidden";
    const fresh = openJournal(":memory:", ownerOf(world));
    fresh.setInstance(0);
    const reborn = await bootDaemon(world, proxy.url, fresh);
    const again = reborn.actions.startLease(lease, signal).catch(() => undefined);
    mineOn();
    await again;
    await until(async () => (await statusOf(lease)) === "active");
    await reborn.actions.startLease(lease, signal);
    expect(await used()).to.equal(before + 1);
    fresh.close();
  });

  it("a foreign transaction that no block takes is replaced once its time is over", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const before = await used();
    const foreign = await wallet().sendTransaction({ to: world.tenant.address, value: 1n });
    const impatient = await bootDaemon(world, proxy.url, journal, { giveUpAfterMs: 400, bumpAfterMs: 100 });
    const starting = impatient.actions.startLease(lease, signal);
    await until(() => journal.pendingOutbox().some(({ state }) => state === "sent"));
    await world.control.mine({ blocks: 1 });
    await starting;
    expect(await statusOf(lease)).to.equal("active");
    expect(await used()).to.equal(before + 1);
    const gone = await world.client.getTransactionReceipt({ hash: foreign }).catch(() => null);
    expect(gone).to.equal(null);
  });

  it("an act that no block takes in time is given up and said, and the next act takes its nonce for more", async () => {
    const [one, other] = [await world.openLease(hash("01")), await world.openLease(hash("02"))];
    await world.control.setAutomine(false);
    const before = await used();
    const impatient = await bootDaemon(world, proxy.url, journal, { giveUpAfterMs: 150 });
    const stuck = await failure(impatient.actions.startLease(one, signal));
    expect(stuck).to.include({ code: "E_TRANSACTION_STUCK", retryable: true });
    expect(stuck.next).to.contain("BERTH_MAX_FEE_GWEI");
    const [waiting] = journal.pendingOutbox();
    const starting = impatient.actions.startLease(other, signal);
    await until(() => journal.pendingOutbox().length === 2 && journal.pendingOutbox()[1]?.state === "sent");
    const [first, second] = journal.pendingOutbox();
    if (waiting === undefined || first === undefined || second === undefined) throw new Error("not pending");
    expect(first.id).to.equal(waiting.id);
    expect(second.nonce).to.equal(before);
    expect(draftOf(second).maxFeePerGas * 8n >= draftOf(first).maxFeePerGas * 9n).to.equal(true);
    await world.control.mine({ blocks: 1 });
    await starting;
    expect([await statusOf(one), await statusOf(other)]).to.deep.equal(["pending", "active"]);
    expect(await used()).to.equal(before + 1);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("an act that was given up and is mined after all is not done twice", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const before = await used();
    const impatient = await bootDaemon(world, proxy.url, journal, { giveUpAfterMs: 150 });
    await failure(impatient.actions.startLease(lease, signal));
    await world.control.mine({ blocks: 1 });
    await impatient.actions.startLease(lease, signal);
    expect(await statusOf(lease)).to.equal("active");
    expect(await used()).to.equal(before + 1);
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("a transaction that the contract undid is no failure where its effect is there", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const starting = daemon.actions.startLease(lease, signal);
    await until(() => journal.pendingOutbox()[0]?.state === "sent");
    const byHand = createWalletClient({
      account: world.provider,
      chain: foundry,
      transport: http(world.node.url),
    });
    const { abi, address, functionName, args } = marketCalls(world.market).start(0n, [lease]);
    const fees = { maxPriorityFeePerGas: 10n ** 10n, maxFeePerGas: 10n ** 11n, gas: 500_000n };
    await byHand.writeContract({ abi, address, functionName, args, ...fees });
    await world.control.mine({ blocks: 1 });
    await starting;
    expect(await statusOf(lease)).to.equal("active");
    expect(journal.pendingOutbox()).to.deep.equal([]);
  });

  it("what is final is forgotten, and what is pending never", async () => {
    const lease = await world.openLease(hash("01"));
    await daemon.actions.startLease(lease, signal);
    const kept: number[] = [];
    const prune = journal.pruneOutbox.bind(journal);
    journal.pruneOutbox = (nonce) => {
      kept.push(nonce);
      prune(nonce);
    };
    const count = await used();
    await world.control.mine({ blocks: 130 });
    await daemon.actions.pauseLease(lease, signal);
    expect(kept).to.deep.equal([count]);
  });

  it("a lost answer to a send, then silence about what waits, leaves one effect and no gap", async () => {
    const lease = await world.openLease(hash("01"));
    await world.control.setAutomine(false);
    const before = await used();
    proxy.fateOf = (method) => (method === SEND ? "answerLost" : "pendingHidden");
    expect(await failure(daemon.actions.startLease(lease, signal))).to.include({ code: "E_RPC_UNREACHABLE" });
    proxy.fateOf = () => "pendingHidden";
    mineOn();
    await daemon.actions.startLease(lease, signal);
    expect(await statusOf(lease)).to.equal("active");
    expect(await used()).to.equal(before + 1);
  });
});

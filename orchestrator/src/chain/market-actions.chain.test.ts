// SPDX-License-Identifier: Apache-2.0
import { BerthError, type LeaseStatus, type Market, marketCalls, type Usage } from "@berth/sdk";
import { expect } from "chai";
import { systemClock } from "../config/system-clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { MarketActions } from "../ports/market-chain.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { newestInstance } from "./claims.ts";
import { ensureInstance } from "./instance.ts";
import { createMarketActions } from "./market-actions.ts";
import { createMarketChain } from "./market-chain.ts";
import { bootDaemon, type Daemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { newestHeads, soleMarket } from "./test/reads.ts";
import { type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";

describe("market actions on a real node", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let proxy: RpcProxy;
  let journal: Journal;
  let market: Market;
  let actions: MarketActions;
  let snapshot: `0x${string}`;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
  });

  beforeEach(async () => {
    snapshot = await world.control.snapshot();
    journal = openJournal(":memory:", ownerOf(world));
    ({ market, actions } = await bootDaemon(world, proxy.url, journal));
    journal.setInstance(0);
    proxy.asked.length = 0;
  });

  afterEach(async () => {
    journal.close();
    await world.control.revert({ id: snapshot });
  });

  after(async () => {
    await proxy.stop();
    await world.node.stop();
  });

  const sent = () => proxy.asked.filter((method) => method === "eth_sendRawTransaction").length;
  const statusOf = async (leaseId: bigint): Promise<LeaseStatus> =>
    (await market.leaseSummary(leaseId)).status;
  const newLease = () => world.openLease(hash("01"));

  async function codeOf(work: Promise<unknown>): Promise<string> {
    try {
      await work;
    } catch (error) {
      if (error instanceof BerthError) return error.code;
      throw error;
    }
    throw new Error("it did not fail");
  }

  it("start, pause, resume and close a lease, each with one transaction, and with none where the effect is there", async () => {
    const lease = await newLease();
    const steps: readonly (readonly [() => Promise<void>, LeaseStatus])[] = [
      [() => actions.startLease(lease, signal), "active"],
      [() => actions.pauseLease(lease, signal), "paused"],
      [() => actions.startLease(lease, signal), "paused"],
      [() => actions.resumeLease(lease, signal), "active"],
      [() => actions.closeLease(lease, "drain", signal), "closed"],
      [() => actions.completeLease(lease, 0, signal), "closed"],
    ];
    const counts: number[] = [];
    for (const [step, status] of steps) {
      await step();
      await step();
      counts.push(sent());
      expect(await statusOf(lease)).to.equal(status);
    }
    expect(counts).to.deep.equal([1, 2, 2, 3, 4, 4]);
    expect((await market.leaseSummary(lease)).reason).to.equal("providerClosed");
  });

  it("decline a lease that was never started", async () => {
    const lease = await newLease();
    await actions.closeLease(lease, "image", signal);
    expect((await market.leaseSummary(lease)).reason).to.equal("declined");
  });

  it("complete a lease whose workload ended by itself, whatever its exit code", async () => {
    const lease = await newLease();
    await actions.startLease(lease, signal);
    await actions.completeLease(lease, -1, signal);
    expect((await market.leaseSummary(lease)).reason).to.equal("completed");
  });

  it("pause a lapsed lease once, although its status does not show it", async () => {
    const lease = await newLease();
    await actions.startLease(lease, signal);
    await world.control.increaseTime({ seconds: 600 + 3_600 + 10 });
    await world.control.mine({ blocks: 1 });
    expect(await statusOf(lease)).to.equal("lapsed");
    const before = sent();
    await actions.pauseLease(lease, signal);
    await actions.pauseLease(lease, signal);
    expect(sent()).to.equal(before + 1);
    expect(await statusOf(lease)).to.equal("lapsed");
  });

  it("what the contract refuses is said in its words", async () => {
    const lease = await newLease();
    expect(await codeOf(actions.resumeLease(lease, signal))).to.equal("E_LEASE_STATUS_UNEXPECTED");
    expect(await codeOf(actions.pauseLease(lease, signal))).to.equal("E_LEASE_STATUS_UNEXPECTED");
    expect(await codeOf(actions.startLease(99n, signal))).to.equal("E_LEASE_UNKNOWN");
    await world.control.increaseTime({ seconds: 601 });
    await actions.report({ root: hash("00"), uri: "", entries: [] }, signal);
    expect(await codeOf(actions.startLease(lease, signal))).to.equal("E_LEASE_START_TOO_LATE");
  });

  it("report, and read back that the provider is there", async () => {
    const lease = await newLease();
    await actions.startLease(lease, signal);
    await world.control.increaseTime({ seconds: 700 });
    await world.control.mine({ blocks: 1 });
    expect((await market.providerOf(world.provider.address)).silent).to.equal(true);
    const figures = {
      servedSeconds: 1n,
      cpuMillisSeconds: 2n,
      memoryMiBSeconds: 3n,
      networkRxBytes: 4n,
      networkTxBytes: 5n,
    };
    const usage: Usage = { leaseId: lease, measuredAt: 6n, ...figures };
    const receipt = await actions.report(
      { root: hash("aa"), uri: "https://p.example", entries: [usage] },
      signal,
    );
    const { lastReportAt, silent } = await market.providerOf(world.provider.address);
    const block = await world.client.getBlock({ blockNumber: receipt.blockNumber });
    expect({ lastReportAt, silent }).to.deep.equal({ lastReportAt: block.timestamp, silent: false });
    const chain = createMarketChain({
      reads: soleMarket(market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    const events = await chain.events(receipt.blockNumber, receipt.blockNumber, signal);
    expect(events.map(({ name }) => name)).to.deep.equal(["ProviderReported", "UsageReported"]);
    expect(events.every(({ transactionHash }) => transactionHash === receipt.transactionHash)).to.equal(true);
  });

  it("act under the instance that was claimed, and no more once another daemon has claimed", async () => {
    const lease = await newLease();
    const [oneJournal, otherJournal] = [
      openJournal(":memory:", ownerOf(world)),
      openJournal(":memory:", ownerOf(world)),
    ];
    const one = await bootDaemon(world, proxy.url, oneJournal);
    const other = await bootDaemon(world, proxy.url, otherJournal);
    expect(await boot(one, oneJournal, false)).to.equal(1);
    await one.actions.startLease(lease, signal);

    expect(await boot(other, otherJournal, false)).to.equal(2);
    expect(await codeOf(one.actions.pauseLease(lease, signal))).to.equal("E_PROVIDER_INSTANCE_STALE");
    expect(await codeOf(boot(one, oneJournal, false))).to.equal("E_INSTANCE_TAKEN");
    await other.actions.pauseLease(lease, signal);

    expect(await boot(one, oneJournal, true)).to.equal(3);
    await one.actions.resumeLease(lease, signal);
    expect(await codeOf(other.actions.pauseLease(lease, signal))).to.equal("E_PROVIDER_INSTANCE_STALE");
    oneJournal.close();
    otherJournal.close();
  });

  it("claim nothing that is ours already, and of two daemons that claim at once one wins", async () => {
    const [oneJournal, otherJournal] = [
      openJournal(":memory:", ownerOf(world)),
      openJournal(":memory:", ownerOf(world)),
    ];
    const [one, other] = [
      await bootDaemon(world, proxy.url, oneJournal),
      await bootDaemon(world, proxy.url, otherJournal),
    ];
    expect(await one.actions.claimInstance(0, signal)).to.equal(1);
    const before = sent();
    expect(await one.actions.claimInstance(0, signal)).to.equal(1);
    expect(await codeOf(other.actions.claimInstance(0, signal))).to.equal("E_PROVIDER_INSTANCE_STALE");
    expect(sent()).to.equal(before);
    expect([oneJournal.instance(), otherJournal.instance()]).to.deep.equal([1, null]);
    oneJournal.close();
    otherJournal.close();
  });

  it("claim the instance again where the chain took the claim back, and act", async () => {
    const lease = await newLease();
    const ours = openJournal(":memory:", ownerOf(world));
    const daemon = await bootDaemon(world, proxy.url, ours);
    const current = Number((await market.providerOf(world.provider.address)).instance);
    expect(await daemon.actions.claimInstance(current, signal)).to.equal(current + 1);
    await world.control.request({ method: "anvil_reorg", params: [1, []] } as never);
    expect((await market.providerOf(world.provider.address)).instance).to.equal(BigInt(current));
    await daemon.actions.startLease(lease, signal);
    expect((await market.leaseSummary(lease)).status).to.equal("active");
    expect((await market.providerOf(world.provider.address)).instance).to.equal(BigInt(current + 1));
    ours.close();
  });

  it("are not begun on a claim that the chain took back while the daemon was away: it is claimed again, or is another's", async () => {
    const ours = openJournal(":memory:", ownerOf(world));
    const daemon = await bootDaemon(world, proxy.url, ours);
    const current = Number((await market.providerOf(world.provider.address)).instance);
    const takeBack = () => world.control.request({ method: "anvil_reorg", params: [1, []] } as never);
    expect(await boot(daemon, ours, false)).to.equal(current + 1);
    await takeBack();
    expect(await boot(await bootDaemon(world, proxy.url, ours), ours, false)).to.equal(current + 1);
    expect((await market.providerOf(world.provider.address)).instance).to.equal(BigInt(current + 1));

    await takeBack();
    const { claimInstance } = marketCalls(world.market);
    await world.send(world.provider, claimInstance(world.provider.address, BigInt(current)));
    expect(ours.instance()).to.equal(current + 1);
    const again = await bootDaemon(world, proxy.url, ours);
    expect(await codeOf(boot(again, ours, false))).to.equal("E_INSTANCE_TAKEN");
    expect(await boot(again, ours, true)).to.equal(current + 2);
    ours.close();
  });

  it("recognise a claim that an earlier run signed and did not see through", async () => {
    const ours = openJournal(":memory:", ownerOf(world));
    const current = Number((await market.providerOf(world.provider.address)).instance);
    const cut = await bootDaemon(world, proxy.url, ours);
    const halted = new AbortController();
    const claiming = cut.actions.claimInstance(current, halted.signal).catch(() => undefined);
    while (ours.pendingOutbox().length === 0) await new Promise((resolve) => setImmediate(resolve));
    halted.abort(new Error("killed"));
    await claiming;
    expect(ours.instance()).to.equal(null);

    const next = await bootDaemon(world, proxy.url, ours);
    const before = sent();
    expect(await next.actions.claimInstance(current, signal)).to.equal(current + 1);
    expect(ours.instance()).to.equal(current + 1);
    expect(sent() - before).to.be.at.most(1);
    expect(await boot(next, ours, false)).to.equal(current + 1);

    ours.setInstance(current);
    expect(await next.actions.claimInstance(current + 1, signal)).to.equal(current + 1);
    expect(sent() - before).to.be.at.most(1);
    ours.close();
  });

  for (const cut of [
    "before it left",
    "once it was sent",
    "and mined meanwhile",
    "and overtaken by another",
  ] as const) {
    it(`of a takeover whose daemon was killed ${cut}, see the claim through without another word`, async () => {
      const [ours, theirs] = [
        openJournal(":memory:", ownerOf(world)),
        openJournal(":memory:", ownerOf(world)),
      ];
      const older = await bootDaemon(world, proxy.url, ours);
      await boot(older, ours, false);
      const taken = await boot(await bootDaemon(world, world.node.url, theirs), theirs, false);

      const isSent = cut === "once it was sent" || cut === "and mined meanwhile";
      await world.control.setAutomine(false);
      proxy.fateOf = (method) =>
        method === "eth_sendRawTransaction" && !isSent ? "requestLost" : "answered";
      const halted = new AbortController();
      const claiming = older.actions.claimInstance(taken, halted.signal).catch(() => undefined);
      while (isSent && ours.pendingOutbox()[0]?.state !== "sent")
        await new Promise((resolve) => setTimeout(resolve, 5));
      if (isSent) halted.abort(new Error("killed"));
      await claiming;
      proxy.fateOf = () => "answered";
      if (cut === "and mined meanwhile") await world.control.mine({ blocks: 1 });
      await world.control.setAutomine(true);
      if (cut === "once it was sent") setTimeout(() => void world.control.mine({ blocks: 1 }), 100);
      const { claimInstance } = marketCalls(world.market);
      if (cut === "and overtaken by another")
        await world.send(world.provider, claimInstance(world.provider.address, BigInt(taken)));

      const next = await bootDaemon(world, proxy.url, ours);
      if (cut === "and overtaken by another") {
        expect(await codeOf(boot(next, ours, false))).to.equal("E_INSTANCE_TAKEN");
      } else {
        expect(await boot(next, ours, false)).to.equal(taken + 1);
        expect(ours.instance()).to.equal(taken + 1);
      }
      expect((await market.providerOf(world.provider.address)).instance).to.equal(BigInt(taken + 1));
      ours.close();
      theirs.close();
    });
  }

  it("never act before an instance was claimed", async () => {
    const fresh = openJournal(":memory:", ownerOf(world));
    const unclaimed = await bootDaemon(world, proxy.url, fresh);
    const lease = await newLease();
    expect(await codeOf(unclaimed.actions.startLease(lease, signal))).to.equal("E_INSTANCE_UNCLAIMED");
    fresh.close();
  });

  it("do not believe a receipt whose effect the state does not show", async () => {
    await world.control.increaseTime({ seconds: 10 });
    const lease = await newLease();
    const blockNumber = await world.client.getBlockNumber({ cacheTime: 0 });
    const pretending = createMarketActions({
      sender: { send: async () => ({ hash: hash("01"), blockNumber }) },
      market,
      provider: world.provider.address,
      journal,
      clock: systemClock,
      shown: () => undefined,
    });
    expect(await codeOf(pretending.startLease(lease, signal))).to.equal("E_EFFECT_NOT_SEEN");
    expect(await codeOf(pretending.closeLease(lease, "drain", signal))).to.equal("E_EFFECT_NOT_SEEN");
    expect(await codeOf(pretending.report({ root: hash("00"), uri: "", entries: [] }, signal))).to.equal(
      "E_EFFECT_NOT_SEEN",
    );
    expect(await codeOf(pretending.claimInstance(0, signal))).to.equal("E_EFFECT_NOT_SEEN");
    expect(journal.instance()).to.equal(0);
  });

  function boot(daemon: Daemon, ours: Journal, takeover: boolean): Promise<number> {
    const chain = createMarketChain({
      reads: soleMarket(market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    const recover = (turn: AbortSignal) => daemon.sender.recover(turn);
    return ensureInstance(
      {
        chain,
        newest: newestInstance(soleMarket(daemon.market), world.provider.address),
        actions: daemon.actions,
        journal: ours,
        recover,
        takeover,
      },
      signal,
    );
  }
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { getAddress, parseEther } from "viem";
import type { Journal } from "../ports/journal.ts";
import { systemClock } from "../config/system-clock.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { createMarketChain } from "./market-chain.ts";
import { settleWhatPays, type SettlingOptions } from "./settling.ts";
import { bootDaemon, type Daemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { newestHeads, soleMarket } from "./test/reads.ts";
import { silentLog } from "./test/silent-log.ts";

describe("settling what pays on a real node", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let journal: Journal;
  let daemon: Daemon;
  let lease: bigint;
  let snapshot: `0x${string}`;

  before(async () => {
    world = await createWorld();
    journal = openJournal(":memory:", ownerOf(world));
    journal.setInstance(0);
    daemon = await bootDaemon(world, world.node.url, journal);
    lease = await world.openLease(hash("01"));
    await daemon.actions.startLease(lease, signal);
    const cursor = { blockNumber: 1n, blockHash: hash("01"), sequence: 0n };
    journal.advance(cursor, [{ leaseId: lease, manifestHash: hash("01") }]);
    await world.control.increaseTime({ seconds: 500 });
    await world.control.mine({ blocks: 1 });
  });

  beforeEach(async () => {
    snapshot = await world.control.snapshot();
    daemon = await bootDaemon(world, world.node.url, journal);
  });

  afterEach(() => world.control.revert({ id: snapshot }));

  after(async () => {
    journal.close();
    await world.node.stop();
  });

  function options(weiPerToken: bigint | null, changes: Partial<SettlingOptions> = {}): SettlingOptions {
    const prices = new Map(weiPerToken === null ? [] : [[getAddress(world.token), weiPerToken] as const]);
    const { market, sender } = daemon;
    const provider = world.provider.address;
    const parts = { market, sender, journal, provider, clock: systemClock, chain: chainAt(0n) };
    return { ...parts, prices, gasPercent: 2, log: silentLog, ...changes };
  }

  const chainAt = (settle: bigint) =>
    createMarketChain({
      reads: soleMarket(daemon.market),
      provider: world.provider.address,
      heads: { ...newestHeads, settle },
    });
  const summary = () => daemon.market.leaseSummary(lease);
  const earned = () => daemon.market.balanceOf(world.token, world.provider.address);
  const coin = () => world.client.getBalance({ address: world.operator.address });

  it("settles a due that is worth it, pays no more than the share, and takes nothing out", async () => {
    const [before, money, price] = [await summary(), await coin(), parseEther("100")];
    expect(await settleWhatPays(options(price), signal)).to.deep.equal([lease]);
    const after = await summary();
    expect(after.settledClock > before.settledClock).to.equal(true);
    expect(await earned()).to.equal(before.balance - after.balance);
    expect(after.balance + (await earned())).to.equal(before.balance);
    const worth = ((await earned()) * price) / 1_000_000n;
    expect((money - (await coin())) * 50n <= worth).to.equal(true);
  });

  it("never settles for a token without a price, nor for one that is worth too little", async () => {
    const money = await coin();
    const other = new Map([[getAddress(world.tenant.address), parseEther("1")]]);
    expect(await settleWhatPays(options(null), signal)).to.deep.equal([]);
    expect(await settleWhatPays(options(1n), signal)).to.deep.equal([]);
    const nothing = await settleWhatPays(options(null, { prices: other }), signal).catch(() => []);
    expect(nothing).to.deep.equal([]);
    expect(await coin()).to.equal(money);
    expect(await earned()).to.equal(0n);
  });

  it("counts only what lies deep enough in the chain", async () => {
    const price = parseEther("100");
    expect(await settleWhatPays(options(price, { chain: chainAt(3n) }), signal)).to.deep.equal([]);
    await world.control.mine({ blocks: 3 });
    expect(await settleWhatPays(options(price, { chain: chainAt(3n) }), signal)).to.deep.equal([lease]);
  });

  it("settles nothing inside the minimum, which the contract would skip", async () => {
    const fresh = await world.openLease(hash("02"));
    await daemon.actions.startLease(fresh, signal);
    const noted = { leaseNotes: () => [{ leaseId: fresh, manifestHash: hash("02") }] };
    expect(await settleWhatPays(options(parseEther("1000000"), { journal: noted }), signal)).to.deep.equal(
      [],
    );
  });

  it("settles nothing while gas is dear, and nothing is lost by that", async () => {
    const price = parseEther("100");
    const [money, { balance }] = [await coin(), await summary()];
    await world.control.setNextBlockBaseFeePerGas({ baseFeePerGas: 10n ** 14n });
    await world.control.mine({ blocks: 1 });
    expect(await settleWhatPays(options(price), signal)).to.deep.equal([]);
    expect([await coin(), await earned(), (await summary()).balance]).to.deep.equal([money, 0n, balance]);
  });
});

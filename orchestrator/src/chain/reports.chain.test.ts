// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { UsageReport } from "../ports/market-chain.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { bootDaemon, type Daemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";

const SEND = "eth_sendRawTransaction";

describe("reports whose effect cannot be read", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let proxy: RpcProxy;
  let journal: Journal;
  let daemon: Daemon;
  let waits: number;
  /** The newest block that the endpoint has a state of; null while it keeps up. */
  let shown: bigint | null;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
    proxy.fateOf = (method, params) => {
      const asked = params.find((param) => typeof param === "string" && /^0x[0-9a-f]{1,15}$/.test(param));
      const isState = method === "eth_call" || method === "eth_getBlockByNumber";
      const isAhead = shown !== null && isState && typeof asked === "string" && BigInt(asked) > shown;
      return isAhead ? { error: "header not found" } : "answered";
    };
    proxy.paramsOf = (method, params) =>
      shown === null || method.startsWith("eth_send")
        ? params
        : params.map((param) => (param === "latest" ? `0x${shown?.toString(16)}` : param));
  });

  beforeEach(async () => {
    shown = null;
    waits = 0;
    await world.control.increaseTime({ seconds: 5 });
    journal = openJournal(":memory:", ownerOf(world));
    journal.setInstance(0);
    daemon = await bootDaemon(world, proxy.url, journal, {}, hurried);
    proxy.asked.length = 0;
  });

  afterEach(() => journal.close());

  after(async () => {
    await proxy.stop();
    await world.node.stop();
  });

  /** Time in which a wait takes a moment; what happens in it is up to the test. */
  let now = 0;
  const hurried: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (milliseconds, stop) => {
      stop.throwIfAborted();
      waits += 1;
      now += milliseconds;
      await new Promise((resolve) => setTimeout(resolve, 2));
    },
  };
  const sent = (): number => proxy.asked.filter((method) => method === SEND).length;
  const reportOf = (root: string): UsageReport => ({ root: hash(root), uri: "", entries: [] });
  const report = (root: string) => daemon.actions.report(reportOf(root), signal);

  async function behindFromNow(): Promise<bigint> {
    shown = await world.client.getBlockNumber({ cacheTime: 0 });
    return shown;
  }

  async function codeOf(work: Promise<unknown>): Promise<string> {
    const error = await work.catch((thrown: unknown) => thrown);
    return error instanceof BerthError ? error.code : String(error);
  }

  it("are waited for until the endpoint has come to their block, and sent once", async () => {
    const head = await behindFromNow();
    const reporting = report("aa");
    while (waits < 5) await new Promise((resolve) => setTimeout(resolve, 1));
    shown = null;
    expect(await reporting).to.include({ root: hash("aa"), blockNumber: head + 1n });
    expect(sent()).to.equal(1);
  });

  it("are not sent again while that block cannot be read, and are answered once it can", async () => {
    const head = await behindFromNow();
    for (const root of ["aa", "bb", "cc"]) expect(await codeOf(report(root))).to.equal("E_EFFECT_UNKNOWN");
    expect(sent()).to.equal(1);
    shown = null;
    expect(await report("dd")).to.include({ root: hash("aa"), blockNumber: head + 1n });
    expect(sent()).to.equal(1);
    await world.control.increaseTime({ seconds: 5 });
    expect(await report("ee")).to.include({ root: hash("ee"), blockNumber: head + 2n });
    expect(sent()).to.equal(2);
  });

  it("are sent again where the chain took them back", async () => {
    await world.control.mine({ blocks: 2, interval: 5 });
    await behindFromNow();
    expect(await codeOf(report("aa"))).to.equal("E_EFFECT_UNKNOWN");
    await world.control.increaseTime({ seconds: 5 });
    await world.control.request({ method: "anvil_reorg", params: [1, []] } as never);
    shown = null;
    expect(await report("bb")).to.include({ root: hash("bb") });
    expect(sent()).to.equal(2);
  });

  it("hold up every other act until the endpoint shows their block", async () => {
    const lease = await world.openLease(hash("01"));
    await behindFromNow();
    expect(await codeOf(report("aa"))).to.equal("E_EFFECT_UNKNOWN");
    expect(await codeOf(daemon.actions.startLease(lease, signal))).to.equal("E_EFFECT_UNKNOWN");
    expect(sent()).to.equal(1);
    shown = null;
    await daemon.actions.startLease(lease, signal);
    expect(sent()).to.equal(2);
  });
});

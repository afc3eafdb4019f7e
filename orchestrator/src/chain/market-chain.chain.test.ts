// SPDX-License-Identifier: Apache-2.0
import { connectMarket, type Market, RetryableError, UserError } from "@berth/sdk";
import { expect } from "chai";
import type { MarketChain } from "../ports/market-chain.ts";
import { createMarketChain } from "./market-chain.ts";
import { hash } from "./test/fake-chain.ts";
import { clientOf, createWorld, type MarketWorld, resources, terms } from "./test/market-world.ts";
import { newestHeads, soleMarket } from "./test/reads.ts";
import { type RpcProxy, startRpcProxy } from "./test/rpc-proxy.ts";

describe("market chain on a real node", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let proxy: RpcProxy;
  let market: Market;
  let chain: MarketChain;

  before(async () => {
    world = await createWorld();
    proxy = await startRpcProxy(world.node.url);
    const place = { address: world.market, chainId: world.chainId };
    market = await connectMarket({ client: clientOf(proxy.url), ...place });
    chain = createMarketChain({
      reads: soleMarket(market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    await world.openLease(hash("01"));
    await world.openLease(hash("02"));
  });

  afterEach(() => {
    proxy.fateOf = () => "answered";
  });

  after(async () => {
    await proxy.stop();
    await world.node.stop();
  });

  async function codeOf(work: Promise<unknown>): Promise<string> {
    try {
      await work;
    } catch (error) {
      if (error instanceof RetryableError) return error.code;
      throw error;
    }
    throw new Error("it did not fail");
  }

  it("reads the provider's events in order, with where they are", async () => {
    const head = await chain.head(signal);
    const events = await chain.events(0n, head.number, signal);
    expect(events.map(({ name }) => name)).to.deep.equal([
      "ProviderRegistered",
      "StakeDeposited",
      "OfferCreated",
      "LeaseOpened",
      "LeaseOpened",
    ]);
    const last = events.at(-1);
    expect(last?.blockHash).to.equal(head.hash);
    expect(last?.name === "LeaseOpened" && last.args.manifestHash).to.equal(hash("02"));
    expect(await chain.events(head.number, head.number, signal)).to.have.length(1);
  });

  it("answers for every lease that is asked for, and one that was never opened is none", async () => {
    const leases = await chain.leases([2n, 99n, 1n], await chain.head(signal), signal);
    expect([...leases].map(([id, { status }]) => [id, status])).to.deep.equal([
      [2n, "pending"],
      [99n, "none"],
      [1n, "pending"],
    ]);
    expect(leases.get(1n)?.tenant).to.equal(world.tenant.address);
  });

  it("answers for any number of leases, with one call for 500", async () => {
    const ids = Array.from({ length: 1_001 }, (_, index) => BigInt(index + 1));
    const head = await chain.head(signal);
    proxy.asked.length = 0;
    const leases = await chain.leases(ids, head, signal);
    expect(proxy.asked.filter((method) => method === "eth_call")).to.have.length(3);
    expect([...leases.keys()]).to.deep.equal(ids);
    expect([...leases.values()].filter(({ status }) => status === "pending")).to.have.length(2);
  });

  it("reads the state of the block that is asked for, not of the newest", async () => {
    const before = await chain.head(signal);
    await world.openLease(hash("03"));
    const [then, now] = [
      await chain.leases([3n], before, signal),
      await chain.leases([3n], await chain.head(signal), signal),
    ];
    expect(then.get(3n)?.status).to.equal("none");
    expect(now.get(3n)?.status).to.equal("pending");
    expect((await chain.provider(before, signal)).sequence).to.equal(2n);
  });

  it("acts as many blocks behind the newest one as it is told to, and never before the first", async () => {
    const newest = await chain.head(signal);
    const careful = (confirmations: bigint) =>
      createMarketChain({
        reads: soleMarket(market),
        provider: world.provider.address,
        heads: { ...newestHeads, act: confirmations },
      }).head(signal);
    expect(await careful(2n)).to.deep.equal(await chain.block(newest.number - 2n, signal));
    expect((await careful(1_000n)).number).to.equal(0n);
  });

  it("asks once for what never changes about an offer", async () => {
    expect(await chain.offerResources(1n, signal)).to.deep.equal(resources);
    expect(await chain.retentionPeriod(1n, signal)).to.equal(terms.retentionPeriod);
    proxy.asked.length = 0;
    expect(await chain.offerResources(1n, signal)).to.deep.equal(resources);
    expect(await chain.retentionPeriod(1n, signal)).to.equal(terms.retentionPeriod);
    expect(proxy.asked).to.deep.equal([]);
  });

  it("an offer that the node does not know is unknown, not one without resources or retention", async () => {
    expect(await codeOf(chain.offerResources(77n, signal))).to.equal("E_OFFER_UNKNOWN");
    expect(await codeOf(chain.retentionPeriod(77n, signal))).to.equal("E_CHAIN_ANSWER_UNUSABLE");
  });

  it("a block that was replaced is unknown, although its number is still there", async () => {
    const head = await chain.head(signal);
    await world.control.request({ method: "anvil_reorg", params: [1, []] } as never);
    expect((await chain.head(signal)).number).to.equal(head.number);
    expect(await codeOf(chain.leases([1n], head, signal))).to.equal("E_CHAIN_ANSWER_UNUSABLE");
    expect(await codeOf(chain.provider(head, signal))).to.equal("E_CHAIN_ANSWER_UNUSABLE");
  });

  it("a block that the node does not have is unknown", async () => {
    const head = await chain.head(signal);
    const future = { ...head, number: head.number + 50n };
    expect(await codeOf(chain.block(future.number, signal))).to.be.a("string");
    expect(await codeOf(chain.leases([1n], future, signal))).to.be.a("string");
  });

  for (const fate of ["requestLost", "answerLost", { error: "header not found" }] as const) {
    it(`no read answers anything when the node fails (${JSON.stringify(fate)}), and all do afterwards`, async () => {
      const head = await chain.head(signal);
      proxy.fateOf = () => fate;
      const expected = typeof fate === "object" ? "E_RPC_FAILED" : "E_RPC_UNREACHABLE";
      const reads = [
        () => chain.head(signal),
        () => chain.block(0n, signal),
        () => chain.events(0n, head.number, signal),
        () => chain.leases([1n], head, signal),
        () => chain.provider(head, signal),
        () => chain.offerResources(55n, signal),
        () => chain.retentionPeriod(55n, signal),
      ];
      for (const read of reads) expect(await codeOf(read())).to.equal(expected);
      proxy.fateOf = () => "answered";
      expect(await chain.head(signal)).to.deep.equal(head);
    });
  }

  it("an answer without data is unknown: a node that forgot the contract proves nothing about leases", async () => {
    const elsewhere: Market = await connectMarket({
      client: clientOf(proxy.url),
      address: world.market,
      chainId: world.chainId,
    });
    await world.control.setCode({ address: world.market, bytecode: "0x" });
    const reading = createMarketChain({
      reads: soleMarket(elsewhere),
      provider: world.provider.address,
      heads: newestHeads,
    });
    const head = await reading.head(signal);
    expect(await codeOf(reading.leases([1n], head, signal))).to.be.a("string");
    expect(await codeOf(reading.provider(head, signal))).to.be.a("string");
  });

  it("refuses the RPC of another chain, and an address where no market is", async () => {
    const wrong = connectMarket({ client: clientOf(proxy.url), address: world.market, chainId: 1 });
    const nowhere = connectMarket({
      client: clientOf(proxy.url),
      address: world.tenant.address,
      chainId: world.chainId,
    });
    expect(await wrong.catch((error: unknown) => error))
      .to.be.instanceOf(UserError)
      .with.property("code", "E_WRONG_CHAIN");
    expect(await nowhere.catch((error: unknown) => error))
      .to.be.instanceOf(UserError)
      .with.property("code", "E_NO_CONTRACT");
  });

  it("gives up at once when it is told to", async () => {
    const giveUp = new AbortController();
    const reading = chain.events(0n, 5n, giveUp.signal);
    giveUp.abort(new Error("over"));
    expect(await reading.catch((error: unknown) => error)).to.have.property("message", "over");
  });
});

// SPDX-License-Identifier: Apache-2.0
import { RetryableError, UserError } from "@berth/sdk";
import { expect } from "chai";
import { ManualClock } from "../../test/manual-clock.ts";
import { keepingLog } from "../../test/logs.ts";
import { dropLogs, heal, lagBehind } from "../test/faults.ts";
import { hash } from "../test/fake-chain.ts";
import { createWorld, type MarketWorld } from "../test/market-world.ts";
import { impatient } from "../test/reads.ts";
import { type RpcProxy, startRpcProxy } from "../test/rpc-proxy.ts";
import { RpcPool, type RpcPoolOptions } from "./pool.ts";

const LAG = 3n;

/** Time that passes by itself for whoever waits. */
class PassingClock extends ManualClock {
  override async sleep(milliseconds: number): Promise<void> {
    await this.advance(milliseconds);
  }
}

describe("pool of RPCs on a real node", function () {
  this.timeout(60_000);
  const { signal } = new AbortController();
  let world: MarketWorld;
  let first: RpcProxy;
  let second: RpcProxy;
  let pool: RpcPool;
  let clock: ManualClock;
  let log: ReturnType<typeof keepingLog>;

  before(async () => {
    world = await createWorld();
    await world.control.mine({ blocks: 100 });
    [first, second] = [await startRpcProxy(world.node.url), await startRpcProxy(world.node.url)];
  });

  beforeEach(() => {
    [clock, log] = [new PassingClock(), keepingLog()];
    for (const proxy of [first, second]) {
      heal(proxy);
      proxy.asked.length = 0;
    }
    pool = poolOf([`${first.url}/secret-key`, second.url]);
  });

  after(async () => {
    await first.stop();
    await second.stop();
    await world.node.stop();
  });

  function poolOf(urls: readonly string[], changes: Partial<RpcPoolOptions> = {}): RpcPool {
    const place = { chainId: world.chainId, address: world.market, lagBlocks: LAG, transportOf: impatient };
    return new RpcPool({ urls, ...place, clock, random: () => 1, log, life: signal, ...changes });
  }

  const newest = () =>
    pool.readNewest(signal, async ({ client }) => {
      const { number } = await client.getBlock();
      return { newest: number, answer: number };
    });
  const balance = () => pool.read(signal, (market) => market.balanceOf(world.token, world.tenant.address));
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (error: unknown) => error,
    );
  const ofSecond = () => second.asked.length;

  it("asks the preferred endpoint alone while it answers, after one examination of both", async () => {
    await pool.connect(signal);
    expect(pool.states()).to.deep.equal(["serving", "serving"]);
    const before = ofSecond();
    first.asked.length = 0;
    for (let reads = 0; reads < 3; reads += 1) await balance();
    expect(first.asked).to.deep.equal(["eth_call", "eth_call", "eth_call"]);
    expect(ofSecond()).to.equal(before);
  });

  for (const fate of ["requestLost", "answerLost", "hangs", { status: 429 }, { status: 503 }] as const) {
    it(`goes to the next where one fails, leaves it alone, and examines it before it comes back (${JSON.stringify(fate)})`, async () => {
      await pool.connect(signal);
      first.fateOf = () => fate;
      expect(await balance()).to.equal(0n);
      first.asked.length = 0;
      expect(await balance()).to.equal(0n);
      expect(first.asked).to.deep.equal([]);
      heal(first);
      await clock.advance(500);
      await balance();
      expect(first.asked.slice(0, 2)).to.deep.equal(["eth_chainId", "eth_getCode"]);
      expect(first.asked.at(-1)).to.equal("eth_call");
      expect(log.said.map(({ message }) => message)).to.deep.equal(["RPC is not used", "RPC is used again"]);
    });
  }

  it("an answer that is only refused is asked of the next, and bars nobody", async () => {
    await pool.connect(signal);
    first.fateOf = () => ({ error: "header not found" });
    expect(await balance()).to.equal(0n);
    expect(pool.states()).to.deep.equal(["serving", "serving"]);
  });

  it("an endpoint that is barred just now is no reason to end: connecting is to be tried again", async () => {
    await pool.connect(signal);
    for (const proxy of [first, second]) proxy.fateOf = () => ({ status: 429 });
    expect(await errorOf(pool.client.getGasPrice())).to.have.property("name", "HttpRequestError");
    expect(await errorOf(pool.connect(signal))).to.be.instanceOf(RetryableError);
    for (const proxy of [first, second]) heal(proxy);
    await clock.advance(30_000);
    await pool.connect(signal);
  });

  for (const [what, ask] of [
    ["a read", () => balance()],
    ["a request", () => pool.client.getGasPrice()],
  ] as const) {
    it(`${what} waits out a blink of every endpoint, and not a darkness`, async () => {
      await pool.connect(signal);
      const since = clock.now();
      for (const proxy of [first, second])
        proxy.fateOf = () => (clock.now() > since ? "answered" : { status: 429 });
      expect(await ask()).to.be.a("bigint");
      expect(clock.now() - since).to.equal(500);
      for (const proxy of [first, second]) proxy.fateOf = () => "requestLost";
      expect(await errorOf(ask())).to.be.instanceOf(Error);
      expect(clock.now() - since).to.be.at.most(5_000);
    });
  }

  it("no answer at all is unknown, and after the dark it goes on", async () => {
    await pool.connect(signal);
    for (const proxy of [first, second]) proxy.fateOf = () => "requestLost";
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await errorOf(balance()))
        .to.be.instanceOf(RetryableError)
        .with.property("code", "E_RPC_UNREACHABLE");
      expect(await errorOf(pool.client.getGasPrice())).to.have.property("name", "HttpRequestError");
    }
    for (const proxy of [first, second]) heal(proxy);
    await clock.advance(30_000);
    expect(await balance()).to.equal(0n);
    expect(await pool.client.getChainId()).to.equal(world.chainId);
  });

  it("reads that belong together are made on one endpoint, all over again where it fails on the way", async () => {
    await pool.connect(signal);
    for (const proxy of [first, second]) proxy.asked.length = 0;
    let blocks = 0;
    first.fateOf = (method) =>
      method === "eth_getBlockByNumber" && ++blocks === 2 ? "requestLost" : "answered";
    await pool.read(signal, async ({ client }) => [await client.getBlock(), await client.getBlock()]);
    expect(first.asked).to.deep.equal(["eth_getBlockByNumber", "eth_getBlockByNumber"]);
    expect(second.asked).to.deep.equal(["eth_getBlockByNumber", "eth_getBlockByNumber"]);
  });

  for (const lag of [LAG + 1n, 12n, 64n]) {
    it(`an endpoint that lags ${lag} blocks gives no head while another keeps up`, async () => {
      const honest = await world.client.getBlockNumber({ cacheTime: 0 });
      await pool.connect(signal);
      await newest();
      lagBehind(first, world.client, lag);
      for (let reads = 0; reads < 3; reads += 1) expect(await newest()).to.equal(honest);
      heal(first);
      expect(await newest()).to.equal(honest);
      expect(log.said.some(({ message }) => message.startsWith("RPC is behind"))).to.equal(true);
      expect(pool.states()).to.deep.equal(["behind", "serving"]);
    });
  }

  it("a head that went back is unknown where nobody shows a better one, and after a minute the chain's own", async () => {
    pool = poolOf([first.url]);
    const honest = await newest();
    lagBehind(first, world.client, 2n);
    for (let reads = 0; reads < 2; reads += 1) {
      expect(await errorOf(newest()))
        .to.be.instanceOf(RetryableError)
        .with.property("code", "E_RPC_STALE");
    }
    await clock.advance(60_000);
    expect(await newest()).to.equal(honest - 2n);
  });

  it("the health of an endpoint that nobody asks is known from its watch", async () => {
    const ending = new AbortController();
    const watching = pool.watch(1_000, ending.signal).catch(() => undefined);
    while (pool.states().includes("failing")) await new Promise((resolve) => setTimeout(resolve, 5));
    second.fateOf = () => "requestLost";
    while (pool.states()[1] === "serving") {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(pool.states()).to.deep.equal(["serving", "failing"]);
    ending.abort(new Error("over"));
    await watching;
  });

  it("one endpoint of another chain, without the contract, or with other code at its address, is refused at the start", async () => {
    second.resultOf = (method, result) => (method === "eth_chainId" ? "0x1" : result);
    expect(await errorOf(pool.connect(signal)))
      .to.be.instanceOf(UserError)
      .with.property("code", "E_WRONG_CHAIN");
    second.resultOf = (method, result) => (method === "eth_getCode" ? "0x" : result);
    const error = await errorOf(poolOf([first.url, second.url]).connect(signal));
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_NO_CONTRACT");
    second.resultOf = (method, result) => (method === "eth_getCode" ? "0x6001" : result);
    const other = await errorOf(poolOf([first.url, second.url]).connect(signal));
    expect(other).to.be.instanceOf(UserError).with.property("code", "E_RPC_CODE_DIFFERS");
  });

  it("one that comes back with another chain, or with other code, is never asked again until it serves ours", async () => {
    const examination = ["eth_chainId", "eth_getCode", "eth_call", "eth_getCode"];
    const lies = [
      ["eth_chainId", "0x1", examination.slice(0, 1)],
      ["eth_getCode", "0x6001", examination],
    ] as const;
    for (const [method, answer, asked] of lies) {
      await clock.advance(30_000);
      heal(first);
      await balance();
      first.fateOf = () => "requestLost";
      await balance();
      heal(first);
      first.resultOf = (question, result) => (question === method ? answer : result);
      await clock.advance(30_000);
      first.asked.length = 0;
      expect(await balance()).to.equal(0n);
      expect(first.asked).to.deep.equal(asked);
      expect(pool.states()).to.deep.equal(["failing", "serving"]);
    }
  });

  it("starts with those that answer, and with none it waits", async () => {
    second.fateOf = () => "requestLost";
    await pool.connect(signal);
    expect(await balance()).to.equal(0n);
    first.fateOf = () => "requestLost";
    expect(await errorOf(poolOf([first.url, second.url]).connect(signal))).to.be.instanceOf(RetryableError);
  });

  it("a client over all of them passes on refusals as they are, and goes on where one does not answer", async () => {
    await pool.connect(signal);
    first.fateOf = () => "answerLost";
    expect(await pool.client.getChainId()).to.equal(world.chainId);
    first.fateOf = () => "answered";
    second.fateOf = () => ({ error: "nonce too low" });
    const refusal = await errorOf(pool.client.getGasPrice());
    expect(String(refusal)).to.include("nonce too low");
    expect(pool.states()).to.deep.equal(["failing", "serving"]);
  });

  it("no key of an address is ever said", async () => {
    await pool.connect(signal);
    for (const proxy of [first, second]) proxy.fateOf = () => "requestLost";
    const error = (await errorOf(balance())) as RetryableError;
    const told = JSON.stringify([log.said, error.message, error.next, error.facts, String(error.cause)]);
    expect(told).to.include(first.url).and.not.include("secret-key");
  });

  it("gives up at once when it is told to, also while an endpoint hangs", async () => {
    first.fateOf = () => "hangs";
    const giveUp = new AbortController();
    const reading = errorOf(
      pool.read(giveUp.signal, (market) => market.balanceOf(world.token, world.market)),
    );
    giveUp.abort(new Error("over"));
    expect(await reading).to.have.property("message", "over");
  });

  it("hidden logs are there at the endpoint after it", async () => {
    await pool.connect(signal);
    await world.openLease(hash("01"));
    dropLogs(first, () => true);
    const logs = (skip: number) =>
      pool.read(signal, ({ client, address }) => client.getLogs({ address, fromBlock: 0n }), skip);
    expect(await logs(0)).to.have.length(0);
    expect(await logs(1)).not.to.have.length(0);
  });
});

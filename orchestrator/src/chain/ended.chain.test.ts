// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { connectMarket } from "@berth/sdk";
import { createPublicClient, http } from "viem";
import { foundry } from "viem/chains";
import { measuredTransport } from "../observability/measured.ts";
import type { Journal } from "../ports/journal.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import type { EndedTransaction } from "./ended.ts";
import { createMarketChain } from "./market-chain.ts";
import { createNodeView } from "./node-view.ts";
import { bootDaemon, ownerOf } from "./test/daemon.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { newestHeads, soleMarket } from "./test/reads.ts";

const never = new AbortController().signal;

describe("what a real node tells of the daemon's work", function () {
  this.timeout(60_000);
  let world: MarketWorld;
  let journal: Journal;

  before(async () => {
    world = await createWorld();
    journal = openJournal(":memory:", ownerOf(world));
    journal.setInstance(0);
  });
  after(async () => {
    journal.close();
    await world.node.stop();
  });

  it("a transaction is told once, with what the operator's purse is poorer by", async () => {
    const ended: EndedTransaction[] = [];
    const daemon = await bootDaemon(world, world.node.url, journal, { ended: (each) => ended.push(each) });
    const view = createNodeView({ client: world.client, states: () => [] }, world.operator.address);
    const before = await view.purse(never);
    await daemon.actions.report({ root: `0x${"00".repeat(32)}`, uri: "", entries: [] }, never);
    const { balance, gasPrice } = await view.purse(never);
    expect(ended).to.deep.equal([{ purpose: "report", outcome: "mined", cost: before.balance - balance }]);
    expect(ended[0]?.cost).to.be.greaterThan(0n);
    expect(gasPrice).to.be.greaterThan(0n);
  });

  it("every request of a client is counted, those that end with a signal too", async () => {
    const asked: string[] = [];
    const rpcEnded = (place: number, method: string, outcome: string): void =>
      void asked.push(`${place} ${method} ${outcome}`);
    const client = createPublicClient({
      chain: foundry,
      transport: measuredTransport(http(world.node.url), 2, { rpcEnded }),
    });
    const market = await connectMarket({
      client,
      address: world.market,
      chainId: world.chainId,
      signal: never,
    });
    const chain = createMarketChain({
      reads: soleMarket(market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    asked.length = 0;
    const { number } = await createNodeView({ client, states: () => [] }, world.operator.address).newest(
      never,
    );
    expect((await chain.head(never)).number).to.equal(number);
    await chain.provider(await chain.head(never), never);
    expect(asked).to.deep.equal([
      "2 eth_getBlockByNumber answered",
      "2 eth_getBlockByNumber answered",
      "2 eth_getBlockByNumber answered",
      "2 eth_call answered",
      "2 eth_getBlockByNumber answered",
    ]);
  });
});

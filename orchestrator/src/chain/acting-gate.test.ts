// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { FakeMarket } from "../test/fake-market.ts";
import { createActingGate, reorgTooDeep } from "./acting-gate.ts";

describe("acting gate", () => {
  const { signal } = new AbortController();

  it("while it is closed there is no head to act on, and the reason is told; afterwards there is", async () => {
    const market = new FakeMarket();
    const block = await market.head(signal);
    const gate = createActingGate({ ...readsOf(market) });
    expect(await gate.chain.head(signal)).to.deep.equal(block);
    const why = reorgTooDeep(block, block);
    gate.close(why);
    expect(await gate.chain.head(signal).catch((error: unknown) => error)).to.equal(why);
    gate.open();
    expect(await gate.chain.head(signal)).to.deep.equal(block);
  });
});

function readsOf(market: FakeMarket) {
  return {
    head: market.head.bind(market),
    block: market.block.bind(market),
    events: market.events.bind(market),
    leases: market.leases.bind(market),
    provider: market.provider.bind(market),
    offerResources: market.offerResources.bind(market),
    retentionPeriod: market.retentionPeriod.bind(market),
  };
}

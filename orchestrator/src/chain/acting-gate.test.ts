// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { FakeMarket } from "../test/fake-market.ts";
import { createActingGate, reorgTooDeep } from "./acting-gate.ts";

describe("acting gate", () => {
  const { signal } = new AbortController();

  it("while it is closed there is no head to act on, and the reason is told; afterwards there is", async () => {
    const market = new FakeMarket();
    const block = await market.head(signal);
    const gate = createActingGate(readsOf(market), null);
    expect(await gate.chain.head(signal)).to.deep.equal(block);
    const why = reorgTooDeep(block, block);
    gate.close(why);
    expect(await gate.chain.head(signal).catch((error: unknown) => error)).to.equal(why);
    gate.open();
    expect(await gate.chain.head(signal)).to.deep.equal(block);
  });

  it("an older head than the one before proves nothing, unless blocks were taken back", async () => {
    const market = new FakeMarket();
    market.number = 18n;
    const ancestor = await market.head(signal);
    market.number = 20n;
    const gate = createActingGate(readsOf(market), null);
    expect((await gate.chain.head(signal)).number).to.equal(20n);
    market.number = 19n;
    expect(await codeOf(gate.chain.head(signal))).to.equal("E_HEAD_BEHIND");
    market.number = 20n;
    expect((await gate.chain.head(signal)).number).to.equal(20n);
    gate.replaced(ancestor);
    market.number = 19n;
    expect((await gate.chain.head(signal)).number).to.equal(19n);
  });

  it("nor does one, after blocks were taken back, that is older than the last that was not", async () => {
    const market = new FakeMarket();
    market.number = 18n;
    const ancestor = await market.head(signal);
    market.number = 20n;
    const gate = createActingGate(readsOf(market), null);
    await gate.chain.head(signal);
    gate.replaced(ancestor);
    market.number = 17n;
    expect(await codeOf(gate.chain.head(signal))).to.equal("E_HEAD_BEHIND");
    market.number = 18n;
    expect((await gate.chain.head(signal)).number).to.equal(18n);
    gate.replaced(null);
    market.number = 17n;
    expect((await gate.chain.head(signal)).number).to.equal(17n);
  });

  it("nor does one that is older than what an earlier run acted on", async () => {
    const market = new FakeMarket();
    market.number = 19n;
    const gate = createActingGate(readsOf(market), 20n);
    expect(await codeOf(gate.chain.head(signal))).to.equal("E_HEAD_BEHIND");
    expect((await gate.chain.head(signal, "delete")).number).to.equal(19n);
  });
});

async function codeOf(head: Promise<unknown>): Promise<unknown> {
  const error = await head.catch((thrown: unknown) => thrown);
  return error instanceof BerthError ? error.code : error;
}

function readsOf(market: FakeMarket) {
  return {
    head: market.head.bind(market),
    block: market.block.bind(market),
    events: market.events.bind(market),
    leases: market.leases.bind(market),
    provider: market.provider.bind(market),
    offerResources: market.offerResources.bind(market),
    offerMetadata: market.offerMetadata.bind(market),
    retentionPeriod: market.retentionPeriod.bind(market),
  };
}

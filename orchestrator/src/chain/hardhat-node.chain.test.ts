// SPDX-License-Identifier: Apache-2.0
import { BerthError } from "@berth/sdk";
import { expect } from "chai";
import { startHardhatNode } from "../../../scripts/lib/chain-node.ts";
import { openJournal } from "../store/sqlite-journal.ts";
import { createEventReader } from "./event-reader.ts";
import { createMarketChain } from "./market-chain.ts";
import { bootDaemon, ownerOf } from "./test/daemon.ts";
import { hash } from "./test/fake-chain.ts";
import { createWorld, type MarketWorld } from "./test/market-world.ts";
import { newestHeads, soleMarket } from "./test/reads.ts";
import { silentLog } from "./test/silent-log.ts";

describe("the chain side on a Hardhat node", function () {
  this.timeout(120_000);
  const { signal } = new AbortController();
  let world: MarketWorld;

  before(async () => {
    world = await createWorld(startHardhatNode);
  });

  after(() => world.node.stop());

  it("reads, acts, is refused in words and recovers as on any other node", async () => {
    const journal = openJournal(":memory:", ownerOf(world));
    const { market, actions, sender } = await bootDaemon(world, world.node.url, journal);
    const chain = createMarketChain({
      reads: soleMarket(market),
      provider: world.provider.address,
      heads: newestHeads,
    });
    const readOn = createEventReader({ chain, journal, startBlock: 0n, overlapBlocks: 4n, log: silentLog });
    expect(await actions.claimInstance(0, signal)).to.equal(1);
    const lease = await world.openLease(hash("01"));
    await readOn(await chain.head(signal), signal);
    expect(journal.leaseNotes()).to.deep.equal([{ leaseId: lease, manifestHash: hash("01") }]);

    const refusal = await actions.pauseLease(lease, signal).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(BerthError).and.include({ code: "E_LEASE_STATUS_UNEXPECTED" });
    await Promise.all([
      actions.startLease(lease, signal),
      actions.report({ root: hash("00"), uri: "", entries: [] }, signal),
    ]);
    await actions.closeLease(lease, "drain", signal);
    await sender.recover(signal);
    const head = await chain.head(signal);
    expect((await chain.leases([lease], head, signal)).get(lease)?.status).to.equal("closed");
    await readOn(await chain.head(signal), signal);
    expect(journal.cursor()?.sequence).to.equal(3n);
    expect(journal.pendingOutbox()).to.deep.equal([]);
    journal.close();
  });
});

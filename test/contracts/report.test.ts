// SPDX-License-Identifier: Apache-2.0
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { ZeroHash, id } from "ethers";
import type { UsageStruct } from "../../typechain-types/ComputeMarket.ts";
import { endedByProvider, lapse, openLease, pausedLease, report, startLease } from "../helpers/leases.ts";
import { advance, now } from "../helpers/time.ts";
import { REPORT_PERIOD, loadWorld } from "../helpers/world.ts";

const ROOT = id("root");
const URI = "ipfs://usage";
const LEAF = ["uint256", "uint64", "uint64", "uint64", "uint64", "uint64", "uint64"];

function usageOf(leaseId: bigint): UsageStruct {
  return {
    leaseId,
    measuredAt: 1_800_000_000n + leaseId,
    servedSeconds: 100n * leaseId,
    cpuMillisSeconds: 2n ** 64n - leaseId,
    memoryMiBSeconds: 400_000n,
    networkRxBytes: 5n,
    networkTxBytes: 6n,
  };
}

describe("report", () => {
  it("writes the clock on and logs root and address, by operator and owner alike", async () => {
    const { market, owner, operator } = await loadWorld();
    await advance(1_000n);
    await expect(market.connect(operator).report(owner, 0n, ROOT, URI, []))
      .to.emit(market, "ProviderReported")
      .withArgs(owner, 1_000n, ROOT, URI, 0n);
    const summary = await market.providerOf(owner);
    expect([summary.clock, summary.lastReportAt, summary.sequence]).to.deep.equal([1_000n, now(), 0n]);
    await advance(5n);
    await expect(market.connect(owner).report(owner, 0n, ZeroHash, "", []))
      .to.emit(market, "ProviderReported")
      .withArgs(owner, 1_005n, ZeroHash, "", 0n);
  });

  it("counts one report period of a silence, and no second of the rest", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    await advance(REPORT_PERIOD + 5_000n);
    expect(await market.clockOf(owner)).to.equal(REPORT_PERIOD);
    await expect(market.connect(operator).report(owner, 0n, ROOT, URI, []))
      .to.emit(market, "ProviderReported")
      .withArgs(owner, REPORT_PERIOD, ROOT, URI, 0n);
    expect(await market.clockOf(owner)).to.equal(REPORT_PERIOD);
    await advance(7n);
    expect(await market.clockOf(owner)).to.equal(REPORT_PERIOD + 7n);
  });

  it("is silent strictly after the report period, and lapsed strictly after the lapse period", async () => {
    const { market, owner } = await loadWorld();
    const states: boolean[][] = [];
    const lapsePeriod = await market.LAPSE_PERIOD();
    for (const seconds of [REPORT_PERIOD, 1n, lapsePeriod - 1n, 1n]) {
      await advance(seconds);
      const { silent, lapsed } = await market.providerOf(owner);
      states.push([silent, lapsed]);
    }
    expect(states).to.deep.equal([
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ]);
  });

  it("ends a silence and cures a lapse", async () => {
    const world = await loadWorld();
    await lapse();
    await report(world);
    const { silent, lapsed } = await world.market.providerOf(world.owner);
    expect([silent, lapsed]).to.deep.equal([false, false]);
  });

  it("may come twice in one second, and counts no time twice", async () => {
    const world = await loadWorld();
    await advance(100n);
    await report(world);
    await report(world);
    expect(await world.market.clockOf(world.owner)).to.equal(100n);
  });

  it("moves no other provider's clock", async () => {
    const world = await loadWorld();
    await advance(REPORT_PERIOD + 1n);
    await report(world);
    expect((await world.market.providerOf(world.rival)).silent).to.equal(true);
  });

  it("shows figures of leases of this provider, whatever their status", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const ids = [await openLease(world), await pausedLease(world), await endedByProvider(world)];
    const entries = ids.map(usageOf);
    const reporting = market.connect(operator).report(owner, 0n, ROOT, URI, entries);
    for (const entry of entries) {
      await expect(reporting)
        .to.emit(market, "UsageReported")
        .withArgs(owner, entry.leaseId, Object.values(entry));
    }
  });

  it("refuses figures of another provider's lease, and of an unknown one", async () => {
    const world = await loadWorld();
    const { market, owner, rival, operator, rivalOfferId } = world;
    const mine = await startLease(world);
    const foreign = await openLease(world, { offerId: rivalOfferId });
    await expect(market.connect(operator).report(owner, 0n, ROOT, URI, [usageOf(mine), usageOf(foreign)]))
      .to.be.revertedWithCustomError(market, "UsageLeaseForeign")
      .withArgs(foreign, rival, owner);
    await expect(market.connect(operator).report(owner, 0n, ROOT, URI, [usageOf(99n)]))
      .to.be.revertedWithCustomError(market, "LeaseUnknown")
      .withArgs(99n);
  });

  it("takes 128 figures, and refuses 129", async () => {
    const world = await loadWorld();
    const leaseId = await startLease(world);
    const entries = Array.from({ length: 128 }, () => usageOf(leaseId));
    const daemon = world.market.connect(world.operator);
    await expect(daemon.report(world.owner, 0n, ROOT, URI, [...entries, usageOf(leaseId)]))
      .to.be.revertedWithCustomError(world.market, "LeaseListTooLong")
      .withArgs(129n, 128n);
    await expect(daemon.report(world.owner, 0n, ROOT, URI, entries)).to.emit(world.market, "UsageReported");
  });

  it("refuses strangers, other operators and unknown providers", async () => {
    const { market, owner, rivalOperator, stranger, tenant } = await loadWorld();
    for (const caller of [rivalOperator, tenant, stranger]) {
      await expect(market.connect(caller).report(owner, 0n, ROOT, URI, []))
        .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
        .withArgs(owner, caller);
    }
    await expect(market.connect(stranger).report(stranger, 0n, ROOT, URI, []))
      .to.be.revertedWithCustomError(market, "ProviderUnknown")
      .withArgs(stranger);
    await expect(market.clockOf(stranger))
      .to.be.revertedWithCustomError(market, "ProviderUnknown")
      .withArgs(stranger);
  });
});

describe("verifyUsage", () => {
  const usages = [1n, 2n, 3n, 4n, 5n].map(usageOf);
  const tree = StandardMerkleTree.of(
    usages.map((usage) => Object.values(usage)),
    LEAF,
  );

  it("accepts every leaf of a standard tree with its proof", async () => {
    const { market } = await loadWorld();
    for (const [index, usage] of usages.entries()) {
      expect(await market.verifyUsage(tree.root, usage, tree.getProof(index))).to.equal(true);
    }
  });

  it("accepts the one leaf of a tree without siblings", async () => {
    const { market } = await loadWorld();
    const usage = usageOf(7n);
    const single = StandardMerkleTree.of([Object.values(usage)], LEAF);
    expect(await market.verifyUsage(single.root, usage, [])).to.equal(true);
  });

  it("refuses a figure that was changed, another's proof, another root and a cut proof", async () => {
    const { market } = await loadWorld();
    const usage = usageOf(1n);
    const proof = tree.getProof(0);
    for (const key of Object.keys(usage) as (keyof UsageStruct)[]) {
      const changed = { ...usage, [key]: BigInt(usage[key]) ^ 1n };
      expect(await market.verifyUsage(tree.root, changed, proof), key).to.equal(false);
    }
    expect(await market.verifyUsage(tree.root, usage, tree.getProof(1))).to.equal(false);
    expect(await market.verifyUsage(ROOT, usage, proof)).to.equal(false);
    expect(await market.verifyUsage(tree.root, usage, proof.slice(1))).to.equal(false);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { type Address, keccak256, toHex, zeroHash } from "viem";
import { type ChainNode, startChainNode } from "../../scripts/lib/chain-node.ts";
import { createMarketWorld, type MarketWorld, offerDraft } from "../../test/helpers/market-world.ts";
import { UserError } from "./errors.ts";
import { getMarketEvents } from "./event-pages.ts";
import type { MarketEvent } from "./events.ts";
import { computeMarketAbi } from "./generated/abi.ts";
import type { MarketCall } from "./market-calls.ts";
import type { Usage } from "./types.ts";
import { buildUsageTree } from "./usage-tree.ts";

const PERIOD = 3_600n;
const MANIFEST = keccak256(toHex("what to run"));
const figures: readonly Usage[] = [1n, 2n].map((leaseId) => ({
  leaseId,
  measuredAt: 1_800_000_000n,
  servedSeconds: 60n,
  cpuMillisSeconds: 1_000n,
  memoryMiBSeconds: 2n ** 63n,
  networkRxBytes: 0n,
  networkTxBytes: 7n,
}));

describe("a market on a real chain", function () {
  this.timeout(60_000);
  let node: ChainNode;
  let world: MarketWorld;
  let told: MarketEvent[];

  /** The whole life of two leases, every event of it told by the calls that made it. */
  before(async () => {
    node = await startChainNode();
    world = await createMarketWorld(node.url);
    const { local, calls, provider, operator, tenant, stranger, send } = world;
    const { token } = local;
    const registration = { reportPeriod: PERIOD, endpoint: "https://a", metadataURI: "https://b" };
    const opening = { provider, maxMilliRate: 277_778n, manifestHash: MANIFEST, tenant } as const;
    const tree = buildUsageTree(figures);
    const entries = figures.slice(0, 1);
    const story: readonly (readonly [Address, MarketCall, number?])[] = [
      [provider, calls.register({ ...registration, operator })],
      [stranger, calls.register({ ...registration, operator: stranger })],
      [provider, calls.setEndpoint("https://c")],
      [provider, calls.setMetadata("https://d")],
      [operator, calls.claimInstance(provider, 0n)],
      [provider, calls.stake(token, 20_000_000n)],
      [provider, calls.withdrawStake(token, 1n, stranger)],
      [provider, calls.createOffer(offerDraft(token))],
      [operator, calls.setCapacity(1n, 1n, 3n)],
      [tenant, calls.open({ ...opening, offerId: 1n, amount: 1_000_000n })],
      [tenant, calls.deposit(token, 3_000_000n)],
      [tenant, calls.openFromBalance({ ...opening, offerId: 1n, amount: 2_000_000n })],
      [operator, calls.start(1n, [1n, 2n])],
      [operator, calls.report({ provider, instance: 1n, usageRoot: tree.root, uri: "u", entries })],
      [tenant, calls.setManifest(1n, zeroHash)],
      [operator, calls.pause(1n, 1n)],
      [operator, calls.resume(1n, 1n)],
      [tenant, calls.topUpFromBalance(1n, 5n)],
      [stranger, calls.settle([1n]), 60],
      [operator, calls.complete(1n, 1n, -3n, "r")],
      [operator, calls.closeByProvider(1n, [2n], "hardware")],
      [provider, calls.claim(token, [1n, 2n], provider)],
      [provider, calls.closeOffer(1n, 1n)],
      [provider, calls.setOperator(stranger)],
    ];
    told = [];
    for (const [from, call, secondsLater] of story) {
      if (secondsLater !== undefined) await local.client.increaseTime({ seconds: secondsLater });
      told.push(...(await send(from, call)).events);
    }
  });

  after(() => node?.stop());

  it("the log of a range holds exactly what the calls told, in order", async () => {
    const toBlock = await world.client.getBlockNumber();
    const query = { address: world.market.address, fromBlock: 0n, toBlock };
    expect(await getMarketEvents(world.client, query)).to.deep.equal(told);
    const every = computeMarketAbi.flatMap((item) => (item.type === "event" ? [item.name] : []));
    const elsewhere = /^(Delegate|Dispute|Quote|LeaseAmended|Collateral(Awarded|Forfeited)|EIP712)/;
    expect(every.filter((name) => !elsewhere.test(name))).to.have.members([
      ...new Set(told.map(({ name }) => name)),
    ]);
  });

  it("asked for one provider it holds his events and no one else's", async () => {
    const { client, market, provider } = world;
    const query = {
      address: market.address,
      fromBlock: 0n,
      toBlock: await client.getBlockNumber(),
      provider,
    };
    const his = told.filter(({ args }) => "provider" in args && args.provider === provider);
    expect(his.length).to.be.above(15).and.below(told.length);
    expect(await getMarketEvents(client, query)).to.deep.equal(his);
  });

  it("events are typed by their name, with our words for the contract's numbers", () => {
    const closed = told
      .filter((event) => event.name === "LeaseClosed")
      .map(({ args }) => [args.reason, args.cause]);
    expect(closed).to.deep.equal([
      ["completed", "unspecified"],
      ["providerClosed", "hardware"],
    ]);
    const created = told.find((event) => event.name === "OfferCreated");
    expect(created?.args.terms).to.deep.equal(offerDraft(world.local.token).terms);
    expect(told.find((event) => event.name === "LeaseCompleted")?.args.exitCode).to.equal(-3n);
    expect(told.find((event) => event.name === "UsageReported")?.args.usage).to.deep.equal(figures[0]);
  });

  it("reads what the story left behind", async () => {
    const { market, provider, stranger, tenant, local } = world;
    const { token } = local;
    const summary = await market.providerOf(provider);
    expect(summary).to.include({ operator: stranger, reportPeriod: PERIOD, instance: 2n, silent: false });
    expect(await market.offerOf(1n)).to.deep.equal({
      provider,
      terms: offerDraft(token).terms,
      capacity: 3n,
      taken: 0n,
      closed: true,
    });
    expect(await market.offerResources(1n)).to.deep.equal(offerDraft(token).resources);
    expect(await market.stakeOf(token, provider)).to.deep.equal({ staked: 19_999_999n, locked: 0n });
    expect(await market.tokenInfo(token)).to.deep.equal({ symbol: "mUSD", decimals: 6 });
    expect(await market.periods()).to.deep.equal({
      lapsePeriod: 259_200n,
      disputeWindow: 172_800n,
      rulingPeriod: 604_800n,
    });
    expect(await market.balanceOf(token, tenant)).to.equal(refundsOf(told) + 999_995n);
  });

  it("reads leases in the order asked for, the unknown ones as none, however many", async () => {
    const ids = Array.from({ length: 700 }, (_, index) => 700n - BigInt(index));
    const summaries = await world.market.leaseSummaries(ids);
    expect(summaries.map(({ status }) => status)).to.deep.equal([
      ...Array.from({ length: 698 }, () => "none"),
      "closed",
      "closed",
    ]);
    expect(summaries.at(-1)).to.include({ reason: "completed", tenant: world.tenant, offerId: 1n });
    expect(await world.market.leaseSummaries([])).to.deep.equal([]);
  });

  it("reads the past at a block", async () => {
    const opened = told.find((event) => event.name === "LeaseOpened")?.blockNumber ?? 0n;
    const at = (blockNumber: bigint) => world.market.leaseSummary(1n, { blockNumber });
    expect((await at(opened)).status).to.equal("pending");
    expect((await at(opened - 1n)).status).to.equal("none");
  });

  it("says that an offer is unknown rather than that it has nothing", async () => {
    const error = await world.market.offerResources(99n).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_OFFER_UNKNOWN");
  });

  it("the contract accepts the proofs of a usage tree, and none of a figure that differs", async () => {
    const tree = buildUsageTree(figures);
    for (const usage of figures) {
      const verify = (claimed: Usage) =>
        world.client.readContract({
          abi: computeMarketAbi,
          address: world.market.address,
          functionName: "verifyUsage",
          args: [tree.root, claimed, tree.proofOf(usage.leaseId)],
        });
      expect(await verify(usage)).to.equal(true);
      for (const key of Object.keys(usage) as (keyof Usage)[]) {
        expect(await verify({ ...usage, [key]: usage[key] + 1n }), key).to.equal(false);
      }
    }
  });
});

function refundsOf(events: readonly MarketEvent[]): bigint {
  return events.reduce((sum, event) => sum + (event.name === "LeaseClosed" ? event.args.refund : 0n), 0n);
}

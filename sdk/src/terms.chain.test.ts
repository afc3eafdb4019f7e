// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { type Address, type Hex, http, createWalletClient, zeroHash } from "viem";
import { foundry } from "viem/chains";
import { type ChainNode, startChainNode } from "../../scripts/lib/chain-node.ts";
import { createMarketWorld, type MarketWorld, offerDraft } from "../../test/helpers/market-world.ts";
import { UserError } from "./errors.ts";
import type { MarketCall } from "./market-calls.ts";
import { hashResources, quoteTypedData } from "./quotes.ts";
import type { Quote } from "./types.ts";

const PERIOD = 3_600n;
const SALTS = [1, 2, 3].map((salt) => `0x${salt.toString(16).padStart(64, "0")}` as const);
const LATER = 4_000_000_000n;

describe("quotes, delegates and disputes on a real chain", function () {
  this.timeout(60_000);
  let node: ChainNode;
  let world: MarketWorld;

  before(async () => {
    node = await startChainNode();
    world = await createMarketWorld(node.url);
    const { local, calls, provider, operator, stranger, send } = world;
    const draft = offerDraft(local.token);
    const registration = { operator, reportPeriod: PERIOD, endpoint: "https://a", metadataURI: "https://b" };
    await send(provider, calls.register(registration));
    await send(provider, calls.stake(local.token, 50_000_000n));
    await send(provider, calls.createOffer({ ...draft, terms: { ...draft.terms, arbitrator: stranger } }));
  });

  after(() => node?.stop());

  function quoteOf(changes: Partial<Quote>): Quote {
    const { resources } = offerDraft(world.local.token);
    return {
      offerId: 1n,
      tenant: world.tenant,
      milliRatePerSecond: 100_000n,
      resourcesHash: hashResources({ ...resources, cpuMillis: 3_000 }),
      leaseId: 0n,
      expiresAt: LATER,
      salt: zeroHash,
      ...changes,
    };
  }

  async function signed(quote: Quote): Promise<Hex> {
    const { operator, market } = world;
    const wallet = createWalletClient({ account: operator, chain: foundry, transport: http(node.url) });
    return await wallet.signTypedData({ account: operator, ...quoteTypedData(market, quote) });
  }

  async function told(from: Address, call: MarketCall): Promise<readonly string[]> {
    const { events } = await world.send(from, call);
    return events.map(({ name }) => name);
  }

  it("a quote that the operator signed opens a lease at its price, and amends one", async () => {
    const { calls, provider, operator, tenant, market } = world;
    const opening = { provider, maxMilliRate: 100_000n, amount: 2_000_000n, manifestHash: zeroHash, tenant };
    const quote = quoteOf({ salt: SALTS[0] ?? zeroHash });
    const open = calls.openWithQuote({ ...opening, quote, signature: await signed(quote) });
    expect(await told(tenant, open)).to.have.members(["LeaseOpened", "QuoteUsed"]);
    expect((await market.leaseSummary(1n)).milliRatePerSecond).to.equal(100_000n);
    expect(await market.isQuoteSpent(provider, quote.salt)).to.equal(true);
    await world.send(operator, calls.start(0n, [1n]));
    const cheaper = quoteOf({ leaseId: 1n, milliRatePerSecond: 50_000n, salt: SALTS[1] ?? zeroHash });
    expect(await told(tenant, calls.amend(1n, cheaper, await signed(cheaper)))).to.have.members([
      "QuoteUsed",
      "LeaseAmended",
    ]);
    expect((await market.leaseSummary(1n)).milliRatePerSecond).to.equal(50_000n);
  });

  it("a quote that was cancelled is refused in words", async () => {
    const { calls, provider, operator, tenant } = world;
    const quote = quoteOf({ salt: SALTS[2] ?? zeroHash });
    expect(await told(operator, calls.cancelQuote(provider, 0n, quote.salt))).to.deep.equal([
      "QuoteCancelled",
    ]);
    const opening = { provider, maxMilliRate: 100_000n, amount: 2_000_000n, manifestHash: zeroHash, tenant };
    const call = calls.openWithQuote({ ...opening, quote, signature: await signed(quote) });
    const error: unknown = await world.send(tenant, call).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_QUOTE_SPENT");
  });

  it("a delegate spends his principal's balance, up to the cap", async () => {
    const { calls, provider, tenant, stranger, market, local } = world;
    const { token } = local;
    await world.send(tenant, calls.deposit(token, 5_000_000n));
    expect(
      await told(tenant, calls.setDelegate(token, stranger, { cap: 400_000n, until: LATER })),
    ).to.deep.equal(["DelegateSet"]);
    const opening = { offerId: 1n, provider, maxMilliRate: 277_778n, manifestHash: zeroHash, tenant };
    expect(await told(stranger, calls.openFromBalance({ ...opening, amount: 300_000n }))).to.deep.equal([
      "DelegateSpent",
      "LeaseOpened",
    ]);
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal({ cap: 100_000n, until: LATER });
    const call = calls.topUpFromBalance(2n, 100_001n);
    const error: unknown = await world.send(stranger, call).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(UserError).with.property("code", "E_DELEGATE_CAP_EXCEEDED");
  });

  it("a dispute is opened with a bond, and an award pays the tenant", async () => {
    const { calls, provider, tenant, stranger, market, local } = world;
    const before = await market.balanceOf(local.token, tenant);
    expect(await market.disputeOf(1n)).to.include({ amount: 0n, open: false, used: false });
    expect(await told(tenant, calls.openDispute(1n, 1_000_000n, "https://e"))).to.deep.equal([
      "DisputeOpened",
    ]);
    expect(await market.disputeOf(1n)).to.include({ amount: 1_000_000n, bond: 500_000n, open: true });
    expect((await market.leaseSummary(1n)).disputed).to.equal(true);
    expect(await told(stranger, calls.rule(1n, 700_000n, "https://r"))).to.have.members([
      "DisputeRuled",
      "CollateralAwarded",
    ]);
    expect(await market.balanceOf(local.token, tenant)).to.equal(before + 700_000n);
    expect(await market.stakeOf(local.token, provider)).to.include({ staked: 49_300_000n });
    expect(await market.disputeOf(1n)).to.include({ open: false, used: true });
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { owed, usd } from "../helpers/amounts.ts";
import { ethers, networkHelpers } from "../helpers/chain.ts";
import { BOND, disputedLease } from "../helpers/disputes.ts";
import { Cause, Reason } from "../helpers/enums.ts";
import { AMOUNT, freeOf, report, startLease, summaryOf } from "../helpers/leases.ts";
import { quoteOf, signQuote } from "../helpers/quotes.ts";
import { ASKED, AWARD } from "../helpers/scenes.ts";
import { advance, now } from "../helpers/time.ts";
import { delegateCode, giveCode, takeCode } from "../helpers/wallets.ts";
import { COLLATERAL, RATE, STAKE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";

const SERVED = 1_000n;
const DUE = owed(RATE, SERVED);

describe("close by an account that gained code", () => {
  it("stays the tenant's by his code: he tops up, changes the manifest, closes and withdraws", async () => {
    const world = await loadWorld();
    const { market, usd: token, tenant, payee } = world;
    const leaseId = await startLease(world);
    const wallet = await giveCode(world, tenant);
    expect(await ethers.provider.getCode(tenant)).not.to.equal("0x");
    await market.connect(wallet).topUp(leaseId, usd(1));
    await market.connect(wallet).setManifest(leaseId, ethers.ZeroHash);
    await advance(SERVED);
    await market.connect(wallet).close(leaseId);
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.TenantClosed);
    const rest = AMOUNT + usd(1) - DUE;
    await market.connect(wallet).withdraw(token, rest, payee);
    expect(await token.balanceOf(payee)).to.equal(rest);
  });

  it("stays the tenant's by key and by code under a delegation, and by key once it is taken back", async () => {
    const world = await loadWorld();
    const { market, usd: token, tenant } = world;
    const ids = [await startLease(world), await startLease(world), await startLease(world)] as const;
    const wallet = await delegateCode(world, tenant);
    await market.connect(tenant).close(ids[0]);
    await market.connect(wallet).close(ids[1]);
    await takeCode(tenant);
    expect(await ethers.provider.getCode(tenant)).to.equal("0x");
    await market.connect(tenant).close(ids[2]);
    for (const id of ids) expect((await summaryOf(world, id)).reason).to.equal(Reason.TenantClosed);
    expect(await market.stakeOf(token, world.owner)).to.deep.equal([STAKE, 0n]);
  });

  it("pays a tenant who cannot take anything: a refund is a figure, and calls no code of his", async () => {
    const world = await loadWorld();
    const { market, owner, operator, tenant } = world;
    const leaseId = await startLease(world);
    await networkHelpers.setCode(tenant.address, "0xfe");
    await advance(SERVED);
    await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
    expect([await freeOf(world, owner), await freeOf(world, tenant)]).to.deep.equal([DUE, AMOUNT - DUE]);
  });
});

describe("openDispute by an account that gained code", () => {
  it("stays the tenant's, and the arbitrator's word his, whose account gained code in between", async () => {
    const { world, leaseId } = await disputedLease();
    const { market, tenant, arbitrator } = world;
    const second = await startLease(world);
    const [wallet, judge] = [await giveCode(world, tenant), await giveCode(world, arbitrator)];
    await market.connect(wallet).openDispute(second, ASKED, "");
    const free = await freeOf(world, tenant);
    for (const id of [leaseId, second]) await market.connect(judge).rule(id, AWARD, "");
    expect(await freeOf(world, tenant)).to.equal(free + 2n * (AWARD + BOND));
  });
});

describe("claim by an account that gained code", () => {
  it("stays the provider's: he reports, offers, claims and takes back what is not locked", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, payee } = world;
    const leaseId = await startLease(world);
    const wallet = await giveCode(world, owner);
    await advance(SERVED);
    await market.connect(wallet).report(owner, 0n, ethers.ZeroHash, "", []);
    await createOffer(market, wallet, termsOf(token));
    await market.connect(wallet).claim(token, [leaseId], payee);
    await market.connect(wallet).withdrawStake(token, STAKE - COLLATERAL, payee);
    expect(await token.balanceOf(payee)).to.equal(DUE + STAKE - COLLATERAL);
  });
});

describe("report by an account that gained code", () => {
  it("stays the operator's by code, and by key under a delegation", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const leaseId = await startLease(world);
    const wallet = await delegateCode(world, operator);
    await advance(SERVED);
    await market.connect(wallet).report(owner, 0n, ethers.ZeroHash, "", []);
    await advance(SERVED);
    await report(world);
    expect((await market.providerOf(owner)).lastReportAt).to.equal(now());
    await market.connect(wallet).pause(0n, leaseId);
    expect(await freeOf(world, owner)).to.equal(owed(RATE, 2n * SERVED));
  });

  it("lets the operator's key go on signing quotes, code or none", async () => {
    const world = await loadWorld();
    const { market, operator, tenant } = world;
    const leaseId = await startLease(world);
    await giveCode(world, operator);
    const quote = quoteOf(world, { leaseId, tenant: tenant.address });
    await market.connect(tenant).amend(leaseId, quote, await signQuote(world, quote));
    expect((await summaryOf(world, leaseId)).milliRatePerSecond).to.equal(quote.milliRatePerSecond);
  });
});

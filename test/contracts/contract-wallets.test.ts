// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroHash } from "ethers";
import { MAX_RATE, owed, usd } from "../helpers/amounts.ts";
import { BOND } from "../helpers/disputes.ts";
import { Cause, Reason, Status } from "../helpers/enums.ts";
import {
  AMOUNT,
  MANIFEST,
  freeOf,
  lapse,
  openLease,
  pausedLease,
  report,
  startExisting,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { openUnder, quoteOf, signQuote } from "../helpers/quotes.ts";
import { ASKED, AWARD } from "../helpers/scenes.ts";
import { advance, now } from "../helpers/time.ts";
import { deployWallet } from "../helpers/wallets.ts";
import {
  CAPACITY,
  COLLATERAL,
  ENDPOINT,
  METADATA,
  RATE,
  REPORT_PERIOD,
  STAKE,
  createOffer,
  loadWorld,
  termsOf,
} from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const SERVED = 1_000n;
const DUE = owed(RATE, SERVED);

describe("open from a contract wallet", () => {
  it("lets it live a whole lease as tenant: open, top up, change the manifest, close, withdraw", async () => {
    const world = await loadWorld();
    const { market, usd: token, payee } = world;
    const tenant = await deployWallet(world);
    const leaseId = await openLease(world, { tenant });
    expect((await summaryOf(world, leaseId)).tenant).to.equal(tenant.address);
    await startExisting(world, [leaseId]);
    await market.connect(tenant).topUp(leaseId, usd(1));
    await market.connect(tenant).deposit(token, usd(2));
    await market.connect(tenant).topUpFromBalance(leaseId, usd(2));
    await market.connect(tenant).setManifest(leaseId, MANIFEST);
    await advance(SERVED);
    await market.connect(tenant).close(leaseId);
    const { status, reason } = await summaryOf(world, leaseId);
    expect([status, reason]).to.deep.equal([Status.Closed, Reason.TenantClosed]);
    const rest = AMOUNT + usd(3) - DUE;
    expect(await freeOf(world, tenant)).to.equal(rest);
    await market.connect(tenant).withdraw(token, rest, payee);
    expect(await token.balanceOf(payee)).to.equal(rest);
  });

  it("lets it spend its free balance, through a delegate that is a contract as well", async () => {
    const world = await loadWorld();
    const { market, usd: token, offerId, owner } = world;
    const [tenant, delegate] = [await deployWallet(world), await deployWallet(world)];
    await market.connect(tenant).deposit(token, AMOUNT);
    await market.connect(tenant).setDelegate(token, delegate, AMOUNT, now() + SERVED);
    await market.connect(delegate).openFromBalance(offerId, owner, MAX_RATE, AMOUNT, MANIFEST, tenant);
    const { tenant: principal, balance } = await summaryOf(world, await market.leaseCount());
    expect([principal, balance]).to.deep.equal([tenant.address, AMOUNT]);
    expect(await freeOf(world, tenant)).to.equal(0n);
  });

  it("lets it dispute, be heard, and take its collateral's release into its own hands", async () => {
    const world = await loadWorld();
    const { market, usd: token, arbitrator, operator } = world;
    const tenant = await deployWallet(world);
    await market.connect(tenant).deposit(token, BOND);
    const disputed = await startLease(world, { tenant });
    const released = await startLease(world, { tenant });
    await market.connect(tenant).openDispute(disputed, ASKED, "");
    expect(await freeOf(world, tenant)).to.equal(0n);
    await market.connect(arbitrator).rule(disputed, AWARD, "");
    expect(await freeOf(world, tenant)).to.equal(AWARD + BOND);
    await market.connect(operator).closeByProvider(0n, [released], Cause.Drain);
    await market.connect(tenant).releaseCollateral([released]);
    expect(await market.stakeOf(token, world.owner)).to.deep.equal([STAKE - AWARD, 0n]);
  });

  it("is refused as anybody is, with the market's own words", async () => {
    const world = await loadWorld();
    const { market } = world;
    const [wallet, leaseId] = [await deployWallet(world), await startLease(world)];
    for (const call of [
      () => market.connect(wallet).close(leaseId),
      () => market.connect(wallet).openDispute(leaseId, ASKED, ""),
    ]) {
      await expect(call())
        .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
        .withArgs(leaseId, wallet.address);
    }
  });
});

describe("register from a contract wallet", () => {
  async function providing(): Promise<World> {
    const world = await loadWorld();
    const owner = await deployWallet(world);
    const { market, usd: token, operator, arbitrator } = world;
    await market.connect(owner).register(operator, REPORT_PERIOD, ENDPOINT, METADATA);
    await market.connect(owner).stake(token, STAKE);
    const terms = termsOf(token, { arbitrator: arbitrator.address });
    return { ...world, owner, offerId: await createOffer(market, owner, terms) };
  }

  it("lets it provide: serve a lease by itself, earn, claim and take its stake back", async () => {
    const world = await providing();
    const { market, usd: token, owner, payee, offerId } = world;
    await market.connect(owner).setOperator(owner);
    const leaseId = await openLease(world);
    await market.connect(owner).start(1n, [leaseId]);
    await advance(SERVED);
    await market.connect(owner).claim(token, [leaseId], payee);
    expect(await token.balanceOf(payee)).to.equal(DUE);
    await market.connect(owner).setCapacity(1n, offerId, CAPACITY - 1n);
    await market.connect(world.tenant).close(leaseId);
    await market.connect(owner).closeOffer(1n, offerId);
    await market.connect(owner).withdrawStake(token, STAKE, payee);
    expect(await token.balanceOf(payee)).to.equal(DUE + STAKE);
  });

  it("leaves the daily work to an operator with a key, and the money to itself", async () => {
    const world = await providing();
    const { market, usd: token, owner, operator } = world;
    const leaseId = await startLease(world);
    await advance(SERVED);
    await report(world);
    await market.connect(operator).closeByProvider(0n, [leaseId], Cause.Drain);
    expect(await freeOf(world, owner)).to.equal(DUE);
    await expect(market.connect(operator).withdrawStake(token, 1n, operator))
      .to.be.revertedWithCustomError(market, "StakeInsufficient")
      .withArgs(operator, token, 1n, 0n);
    await market.connect(owner).claim(token, [], owner);
    expect(await token.balanceOf(owner)).to.equal(usd(2_000) - STAKE + DUE);
  });

  it("loses of its stake what a ruling awards and what a lapse forfeits, as anybody does", async () => {
    const world = await providing();
    const { market, usd: token, owner, tenant, arbitrator } = world;
    await market.connect(tenant).deposit(token, BOND);
    const [awarded, lapsed] = [await pausedLease(world), await startLease(world)];
    await market.connect(tenant).openDispute(awarded, ASKED, "");
    await market.connect(arbitrator).rule(awarded, AWARD, "");
    await lapse();
    await market.connect(tenant).close(lapsed);
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE - AWARD - COLLATERAL, 0n]);
  });
});

describe("report from a contract wallet", () => {
  it("lets it do an operator's work: claim the instance, report, start, pause, resume, complete", async () => {
    const world = { ...(await loadWorld()) };
    const { market, owner } = world;
    const operator = await deployWallet(world);
    await market.connect(owner).setOperator(operator);
    await market.connect(operator).claimInstance(owner, 1n);
    world.operator = operator;
    const leaseId = await startLease(world);
    await advance(SERVED);
    await report(world);
    expect((await market.providerOf(owner)).lastReportAt).to.equal(now());
    await market.connect(operator).pause(2n, leaseId);
    await advance(SERVED);
    await market.connect(operator).resume(2n, leaseId);
    await market.connect(operator).complete(2n, leaseId, 0n, "");
    expect((await summaryOf(world, leaseId)).reason).to.equal(Reason.Completed);
    expect(await freeOf(world, owner)).to.equal(DUE);
  });

  it("fences it like any other: the older instance, and everybody once another is named", async () => {
    const world = await loadWorld();
    const { market, owner, payee } = world;
    const operator = await deployWallet(world);
    await market.connect(owner).setOperator(operator);
    await expect(market.connect(operator).report(owner, 0n, ZeroHash, "", []))
      .to.be.revertedWithCustomError(market, "ProviderInstanceStale")
      .withArgs(owner, 0n, 1n);
    await market.connect(owner).setOperator(payee);
    await expect(market.connect(operator).report(owner, 2n, ZeroHash, "", []))
      .to.be.revertedWithCustomError(market, "ProviderCallerNotAuthorized")
      .withArgs(owner, operator.address);
  });

  it("quotes nothing: only a key signs, whoever keeps the wallet", async () => {
    const world = await loadWorld();
    const { market, owner, stranger } = world;
    const operator = await deployWallet(world);
    await market.connect(owner).setOperator(operator);
    const quote = quoteOf(world);
    const signature = await signQuote(world, quote, stranger);
    await expect(openUnder(world, quote, { signature }))
      .to.be.revertedWithCustomError(market, "QuoteSignerInvalid")
      .withArgs(owner, stranger, operator.address);
  });
});

describe("rule from a contract wallet", () => {
  it("lets it judge: award, dismiss, and be refused where another was named", async () => {
    const world = await loadWorld();
    const { market, usd: token, owner, tenant } = world;
    const arbitrator = await deployWallet(world);
    const terms = termsOf(token, { arbitrator: arbitrator.address });
    const offerId = await createOffer(market, owner, terms);
    const ids = [await startLease(world, { offerId }), await startLease(world, { offerId })] as const;
    const elsewhere = await startLease(world);
    await market.connect(tenant).deposit(token, 3n * BOND);
    for (const id of [...ids, elsewhere]) await market.connect(tenant).openDispute(id, ASKED, "");
    await market.connect(arbitrator).rule(ids[0], AWARD, "");
    await market.connect(arbitrator).rule(ids[1], 0n, "");
    expect([await freeOf(world, tenant), await freeOf(world, owner)]).to.deep.equal([AWARD + BOND, BOND]);
    await expect(market.connect(arbitrator).rule(elsewhere, AWARD, ""))
      .to.be.revertedWithCustomError(market, "DisputeCallerNotArbitrator")
      .withArgs(elsewhere, arbitrator.address);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { id } from "ethers";
import { Dice } from "../differential/dice.ts";
import { MAX_RATE, usd } from "../helpers/amounts.ts";
import {
  MANIFEST,
  endedByProvider,
  freeOf,
  startExisting,
  startLease,
  summaryOf,
} from "../helpers/leases.ts";
import { quoteOf, signQuote } from "../helpers/quotes.ts";
import { HOUR, MINUTE, advance, now } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import { COLLATERAL, RATE, STAKE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const FREE = usd(50);
const CAP = usd(20);
const TURNS = 150;
const SEED = 31n;

/** The tenant has fifty dollars in the market; the stranger may spend twenty of them for an hour. */
async function loadGranted(): Promise<World> {
  const world = await loadWorld();
  const { market, usd: token, tenant, stranger } = world;
  await market.connect(tenant).deposit(token, FREE);
  await market.connect(tenant).setDelegate(token, stranger, CAP, now() + HOUR);
  return world;
}

/** One move of a thief who holds the delegate's key and is in league with a provider; whether it works is for the market to say. */
async function steal(world: World, dice: Dice, greedyOfferId: bigint): Promise<boolean> {
  const { market, usd: token, owner, operator, tenant, stranger } = world;
  const thief = market.connect(stranger);
  const amount = dice.between(1n, usd(10));
  const leaseId = dice.between(1n, (await market.leaseCount()) + 1n);
  const open = [greedyOfferId, owner, MAX_RATE, amount, MANIFEST, tenant] as const;
  const moves = [
    () => thief.openFromBalance(...open),
    () => thief.topUpFromBalance(leaseId, amount),
    () => thief.open(...open),
    () => thief.close(leaseId),
    () => thief.withdraw(token, amount, stranger),
    () => thief.setManifest(leaseId, MANIFEST),
    () => thief.setDelegate(token, stranger, 2n ** 128n - 1n, now() + HOUR),
    () => thief.claim(token, [leaseId], stranger),
    () => market.connect(operator).start(0n, [leaseId]),
    () => market.connect(operator).closeByProvider(0n, [leaseId], 0n),
    () => market.connect(owner).settle([leaseId]),
  ];
  const refusal = await dice
    .pick(moves)()
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return refusal === undefined;
}

describe("a delegate who wants more", () => {
  it("cannot amend, close, dispute, or set the manifest of a lease that he opened for his principal", async () => {
    const world = await loadGranted();
    const { market, owner, tenant, stranger, offerId } = world;
    const delegate = market.connect(stranger);
    await delegate.openFromBalance(offerId, owner, RATE, usd(10), MANIFEST, tenant);
    await startExisting(world, [1n]);
    const quote = quoteOf(world, { leaseId: 1n });
    const signature = await signQuote(world, quote);
    const attempts = [
      () => delegate.amend(1n, quote, signature),
      () => delegate.setManifest(1n, id("mine")),
      () => delegate.openDispute(1n, 1n, ""),
      () => delegate.close(1n),
    ];
    for (const attempt of attempts) {
      await expect(attempt())
        .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
        .withArgs(1n, stranger);
    }
  });

  it("cannot withdraw or claim what is his principal's", async () => {
    const world = await loadGranted();
    const { market, usd: token, tenant, stranger } = world;
    await expect(market.connect(stranger).withdraw(token, 1n, stranger))
      .to.be.revertedWithCustomError(market, "EscrowBalanceInsufficient")
      .withArgs(token, stranger, 1n, 0n);
    expect(await market.connect(stranger).claim.staticCall(token, [], stranger)).to.equal(0n);
    expect(await freeOf(world, tenant)).to.equal(FREE);
  });

  it("cannot free the collateral behind a closed lease before its window is over", async () => {
    const world = await loadGranted();
    const { market, usd: token, owner, stranger } = world;
    const leaseId = await endedByProvider(world);
    const releasing = market.connect(stranger).releaseCollateral([leaseId]);
    await expect(releasing).not.to.emit(market, "CollateralUnlocked");
    expect(await market.stakeOf(token, owner)).to.deep.equal([STAKE, COLLATERAL]);
  });

  it("cannot raise his own cap: what he sets is his own money's", async () => {
    const world = await loadGranted();
    const { market, usd: token, owner, tenant, stranger, offerId } = world;
    await market.connect(stranger).setDelegate(token, stranger, usd(50), now() + HOUR);
    expect((await market.delegateOf(tenant, token, stranger)).cap).to.equal(CAP);
    const args = [offerId, owner, RATE, CAP + 1n, MANIFEST, tenant] as const;
    await expect(market.connect(stranger).openFromBalance(...args))
      .to.be.revertedWithCustomError(market, "DelegateCapExceeded")
      .withArgs(tenant, token, stranger, CAP + 1n, CAP);
  });

  it("cannot top up somebody else's lease, or one in another currency, from his principal's balance", async () => {
    const world = await loadGranted();
    const { market, owner, operator, otherTenant, stranger, tenant } = world;
    const token = await deploySecondToken(world);
    await market.connect(tenant).deposit(token, usd(50));
    const offerId = await createOffer(market, owner, termsOf(token, { collateral: 0n }));
    await market.connect(tenant).open(offerId, owner, RATE, usd(10), MANIFEST, tenant);
    await market.connect(operator).start(0n, [1n]);
    const foreign = await startLease(world, { tenant: otherTenant });
    for (const leaseId of [1n, foreign]) {
      await expect(market.connect(stranger).topUpFromBalance(leaseId, 1n))
        .to.be.revertedWithCustomError(market, "LeaseCallerNotTenant")
        .withArgs(leaseId, stranger);
    }
    expect(await market.balanceOf(token, tenant)).to.equal(usd(50));
  });

  it("takes the cap and not a unit more, stolen by a provider's accomplice", async () => {
    const world = await loadGranted();
    const { market, usd: token, owner, tenant } = world;
    const terms = termsOf(token, { milliRatePerSecond: MAX_RATE, collateral: 0n, minPeriod: 0n });
    const greedyOfferId = await createOffer(market, owner, terms, 1_000n);
    const dice = new Dice(SEED, 0n);
    let successes = 0;
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (await steal(world, dice, greedyOfferId)) successes += 1;
      expect(await freeOf(world, tenant), `turn ${turn}`).to.be.at.least(FREE - CAP);
      await advance(dice.between(0n, 10n));
    }
    expect(successes).to.be.greaterThan(TURNS / 3);
    expect((await market.delegateOf(tenant, token, world.stranger)).cap).to.be.lessThan(usd(1));
  });

  it("leaves his principal master of what he opened", async () => {
    const world = await loadGranted();
    const { market, owner, tenant, stranger, offerId } = world;
    const args = [offerId, owner, RATE, usd(10), MANIFEST, tenant] as const;
    await market.connect(stranger).openFromBalance(...args);
    await startExisting(world, [1n]);
    await market.connect(tenant).setManifest(1n, id("mine"));
    await advance(MINUTE);
    await market.connect(tenant).close(1n);
    expect((await summaryOf(world, 1n)).balance).to.equal(0n);
    expect(await freeOf(world, tenant)).to.equal(FREE - (RATE * 600n) / 1_000n);
  });
});

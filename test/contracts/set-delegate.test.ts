// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { usd } from "../helpers/amounts.ts";
import { ethers } from "../helpers/chain.ts";
import { AMOUNT, MANIFEST, freeOf } from "../helpers/leases.ts";
import { HOUR, now } from "../helpers/time.ts";
import { deploySecondToken } from "../helpers/tokens.ts";
import { RATE, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const MAX_CAP = 2n ** 128n - 1n;
const MAX_UNTIL = 2n ** 40n - 1n;

/** The tenant has fifty dollars in the market, and the stranger may spend of them. */
async function loadGranted(cap: bigint): Promise<World> {
  const world = await loadWorld();
  const { market, usd: token, tenant, stranger } = world;
  await market.connect(tenant).deposit(token, usd(50));
  await market.connect(tenant).setDelegate(token, stranger, cap, now() + HOUR);
  return world;
}

function openBy({ market, owner, tenant, stranger, offerId }: World, amount: bigint) {
  return market.connect(stranger).openFromBalance(offerId, owner, RATE, amount, MANIFEST, tenant);
}

describe("setDelegate", () => {
  it("writes down what a delegate may spend, tells it, and moves and counts nothing", async () => {
    const { market, usd: token, owner, tenant, stranger } = await loadWorld();
    const setting = market.connect(tenant).setDelegate(token, stranger, usd(7), now() + HOUR);
    await expect(setting)
      .to.emit(market, "DelegateSet")
      .withArgs(tenant, token, stranger, usd(7), now() + HOUR);
    await expect(setting).to.changeTokenBalances(ethers, token, [tenant, stranger, market], [0n, 0n, 0n]);
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal([usd(7), now() + HOUR]);
    expect((await market.providerOf(owner)).sequence).to.equal(0n);
  });

  it("holds the largest cap and the latest time", async () => {
    const { market, usd: token, tenant, stranger } = await loadWorld();
    await expect(market.connect(tenant).setDelegate(token, stranger, MAX_CAP, MAX_UNTIL))
      .to.emit(market, "DelegateSet")
      .withArgs(tenant, token, stranger, MAX_CAP, MAX_UNTIL);
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal([MAX_CAP, MAX_UNTIL]);
  });

  it("replaces cap and time, and adds nothing to what was left", async () => {
    const world = await loadGranted(usd(20));
    const { market, usd: token, tenant, stranger } = world;
    await openBy(world, AMOUNT);
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal([usd(10), now() + HOUR]);
    await market.connect(tenant).setDelegate(token, stranger, usd(3), now());
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal([usd(3), now()]);
    await expect(openBy(world, usd(3) + 1n))
      .to.be.revertedWithCustomError(market, "DelegateCapExceeded")
      .withArgs(tenant, token, stranger, usd(3) + 1n, usd(3));
    await openBy(world, usd(3));
  });

  it("takes the right back with a time of 0, or one that is past", async () => {
    const world = await loadGranted(usd(20));
    const { market, usd: token, tenant, stranger } = world;
    for (const until of [0n, now() - 1n]) {
      await market.connect(tenant).setDelegate(token, stranger, usd(20), until);
      await expect(openBy(world, AMOUNT))
        .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
        .withArgs(tenant, token, stranger, until);
    }
    await market.connect(tenant).setDelegate(token, stranger, usd(20), now());
    await openBy(world, AMOUNT);
  });

  it("keeps several delegates apart, each with a cap of his own", async () => {
    const world = await loadGranted(usd(20));
    const { market, usd: token, owner, tenant, stranger, otherTenant, offerId } = world;
    await market.connect(tenant).setDelegate(token, otherTenant, usd(15), now());
    await openBy(world, AMOUNT);
    const args = [offerId, owner, RATE, AMOUNT, MANIFEST, tenant] as const;
    await market.connect(otherTenant).openFromBalance(...args);
    expect((await market.delegateOf(tenant, token, stranger)).cap).to.equal(usd(10));
    expect((await market.delegateOf(tenant, token, otherTenant)).cap).to.equal(usd(5));
  });

  it("is about one currency and one principal", async () => {
    const world = await loadGranted(usd(20));
    const { market, usd: token, owner, tenant, otherTenant, stranger, offerId } = world;
    const other = await deploySecondToken(world);
    await market.connect(tenant).deposit(other, usd(50));
    await market.connect(otherTenant).deposit(token, usd(50));
    const foreign = await createOffer(market, owner, termsOf(other, { collateral: 0n }));
    const delegate = market.connect(stranger);
    await expect(delegate.openFromBalance(foreign, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
      .withArgs(tenant, other, stranger, 0n);
    await expect(delegate.openFromBalance(offerId, owner, RATE, AMOUNT, MANIFEST, otherTenant))
      .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
      .withArgs(otherTenant, token, stranger, 0n);
  });

  it("gives a delegate's delegate nothing", async () => {
    const world = await loadGranted(usd(20));
    const { market, usd: token, owner, tenant, stranger, payee, offerId } = world;
    await market.connect(stranger).setDelegate(token, payee, usd(20), now() + HOUR);
    await expect(market.connect(payee).openFromBalance(offerId, owner, RATE, AMOUNT, MANIFEST, tenant))
      .to.be.revertedWithCustomError(market, "DelegateNotAuthorized")
      .withArgs(tenant, token, payee, 0n);
  });

  it("holds nobody back who names himself: his own money needs no cap", async () => {
    const { market, usd: token, owner, tenant, offerId } = await loadWorld();
    await market.connect(tenant).deposit(token, AMOUNT);
    await market.connect(tenant).setDelegate(token, tenant, 1n, 0n);
    const opening = market.connect(tenant).openFromBalance(offerId, owner, RATE, AMOUNT, MANIFEST, tenant);
    await expect(opening).to.emit(market, "LeaseOpened");
    await expect(opening).not.to.emit(market, "DelegateSpent");
    expect(await market.delegateOf(tenant, token, tenant)).to.deep.equal([1n, 0n]);
  });
});

describe("delegateOf", () => {
  it("answers zeros where nobody was named", async () => {
    const { market, usd: token, tenant, stranger } = await loadWorld();
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal([0n, 0n]);
    expect(await market.delegateOf(stranger, token, tenant)).to.deep.equal([0n, 0n]);
  });

  it("shows what is left of the cap, also once the time has run out", async () => {
    const world = await loadGranted(usd(20));
    const { market, usd: token, tenant, stranger } = world;
    await openBy(world, usd(12));
    await market.connect(tenant).setDelegate(token, stranger, usd(8), now() - 1n);
    expect(await market.delegateOf(tenant, token, stranger)).to.deep.equal([usd(8), now() - 1n]);
    expect(await freeOf(world, tenant)).to.equal(usd(38));
  });
});

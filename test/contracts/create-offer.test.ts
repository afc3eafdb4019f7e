// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { ZeroAddress } from "ethers";
import type { OfferTermsStruct } from "../../typechain-types/ComputeMarket.ts";
import { MAX_BALANCE, MAX_RATE } from "../helpers/amounts.ts";
import { ethers, networkHelpers } from "../helpers/chain.ts";
import { plain } from "../helpers/plain.ts";
import { DAY, HOUR } from "../helpers/time.ts";
import { CAPACITY, METADATA, RESOURCES, createOffer, loadWorld, termsOf } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

async function expectRefusal(
  world: World,
  changes: Partial<OfferTermsStruct>,
  error: string,
  args: unknown[],
): Promise<void> {
  const terms = termsOf(world.usd, changes);
  await expect(world.market.connect(world.owner).createOffer(terms, CAPACITY, RESOURCES, METADATA))
    .to.be.revertedWithCustomError(world.market, error)
    .withArgs(...args);
}

describe("createOffer", () => {
  it("stores the terms and logs the resources", async () => {
    const { market, usd: token, owner, arbitrator } = await loadWorld();
    const terms = termsOf(await token.getAddress(), { arbitrator: arbitrator.address });
    const resources = Object.values(RESOURCES);
    await expect(market.connect(owner).createOffer(terms, CAPACITY, RESOURCES, METADATA))
      .to.emit(market, "OfferCreated")
      .withArgs(4n, owner, token, Object.values(terms), CAPACITY, resources, METADATA);
    const offer = plain(await market.offerOf(4n));
    expect(offer).to.deep.equal({
      provider: owner.address,
      terms,
      capacity: CAPACITY,
      taken: 0n,
      closed: false,
    });
  });

  it("numbers offers from 1, across providers", async () => {
    const { market, usd: token, rival, offerId, unjudgedOfferId, rivalOfferId } = await loadWorld();
    expect([offerId, unjudgedOfferId, rivalOfferId]).to.deep.equal([1n, 2n, 3n]);
    expect(await market.connect(rival).createOffer.staticCall(termsOf(token), 1n, RESOURCES, "")).to.equal(
      4n,
    );
  });

  it("keeps every term at its upper bound", async () => {
    const { market, usd: token, owner, arbitrator } = await loadWorld();
    const terms: OfferTermsStruct = {
      token: await token.getAddress(),
      milliRatePerSecond: MAX_RATE,
      collateral: MAX_BALANCE,
      arbitrator: arbitrator.address,
      minPeriod: DAY,
      startPeriod: HOUR,
      retentionPeriod: 30n * DAY,
    };
    const offerId = await createOffer(market, owner, terms, 2n ** 24n - 1n);
    const offer = await market.offerOf(offerId);
    expect(plain(offer.terms)).to.deep.equal(terms);
    expect(offer.capacity).to.equal(2n ** 24n - 1n);
  });

  it("keeps every term at its lower bound", async () => {
    const { market, usd: token, owner } = await loadWorld();
    const terms: OfferTermsStruct = {
      token: await token.getAddress(),
      milliRatePerSecond: 1n,
      collateral: 0n,
      arbitrator: ZeroAddress,
      minPeriod: 0n,
      startPeriod: 60n,
      retentionPeriod: 0n,
    };
    const offerId = await createOffer(market, owner, terms, 0n);
    expect(plain((await market.offerOf(offerId)).terms)).to.deep.equal(terms);
  });

  it("keeps an arbitrator without collateral, and collateral without an arbitrator", async () => {
    const { market, usd: token, owner, arbitrator } = await loadWorld();
    for (const changes of [{ arbitrator: arbitrator.address, collateral: 0n }, { arbitrator: ZeroAddress }]) {
      const terms = termsOf(await token.getAddress(), changes);
      const offerId = await createOffer(market, owner, terms);
      expect(plain((await market.offerOf(offerId)).terms)).to.deep.equal(terms);
    }
  });

  it("shows an empty offer under a number that was not given out", async () => {
    const { market } = await loadWorld();
    for (const offerId of [0n, 99n]) expect((await market.offerOf(offerId)).provider).to.equal(ZeroAddress);
  });

  it("refuses accounts that are not registered, the operator included", async () => {
    const { market, usd: token, operator, stranger } = await loadWorld();
    for (const caller of [operator, stranger]) {
      await expect(market.connect(caller).createOffer(termsOf(token), CAPACITY, RESOURCES, METADATA))
        .to.be.revertedWithCustomError(market, "ProviderUnknown")
        .withArgs(caller);
    }
  });

  it("refuses a token address without a contract", async () => {
    const world = await loadWorld();
    for (const token of [ZeroAddress, world.payee.address]) {
      await expectRefusal(world, { token }, "OfferTokenInvalid", [token]);
    }
  });

  it("refuses a rate of 0 and one above the bound", async () => {
    const world = await loadWorld();
    for (const rate of [0n, MAX_RATE + 1n, 2n ** 96n - 1n, 2n ** 256n - 1n]) {
      await expectRefusal(world, { milliRatePerSecond: rate }, "OfferRateOutOfBounds", [rate, 1n, MAX_RATE]);
    }
  });

  it("refuses a collateral above what an offer holds", async () => {
    const world = await loadWorld();
    for (const collateral of [MAX_BALANCE + 1n, 2n ** 128n, 2n ** 256n - 1n]) {
      await expectRefusal(world, { collateral }, "OfferCollateralTooLarge", [collateral, MAX_BALANCE]);
    }
  });

  it("refuses a minimum above a day", async () => {
    const world = await loadWorld();
    for (const period of [DAY + 1n, 2n ** 24n, 2n ** 32n - 1n, 2n ** 256n - 1n]) {
      await expectRefusal(world, { minPeriod: period }, "OfferMinPeriodTooLong", [period, DAY]);
    }
  });

  it("refuses a start period outside a minute to an hour", async () => {
    const world = await loadWorld();
    for (const period of [0n, 59n, HOUR + 1n, 65_536n + 60n, 2n ** 256n - 1n]) {
      await expectRefusal(world, { startPeriod: period }, "OfferStartPeriodOutOfBounds", [period, 60n, HOUR]);
    }
  });

  it("refuses a retention above 30 days", async () => {
    const world = await loadWorld();
    for (const period of [30n * DAY + 1n, 2n ** 22n, 2n ** 32n - 1n, 2n ** 256n - 1n]) {
      await expectRefusal(world, { retentionPeriod: period }, "OfferRetentionPeriodTooLong", [
        period,
        30n * DAY,
      ]);
    }
  });

  it("gives out no number that does not fit into a lease's word", async () => {
    const { market, usd: token, owner } = await loadWorld();
    const slot = await slotOf(await market.getAddress(), await market.offerCount());
    await networkHelpers.setStorageAt(await market.getAddress(), slot, 2n ** 32n - 1n);
    expect(await market.offerCount()).to.equal(2n ** 32n - 1n);
    await expect(
      market.connect(owner).createOffer(termsOf(token), CAPACITY, RESOURCES, METADATA),
    ).to.be.revert(ethers);
  });
});

/** The storage word of the market that holds a value: the count of offers, while no other holds the same. */
async function slotOf(market: string, value: bigint): Promise<bigint> {
  for (let slot = 0n; slot < 16n; slot += 1n) {
    if (BigInt(await networkHelpers.getStorageAt(market, slot)) === value) return slot;
  }
  throw new Error(`no word of the market holds ${value}`);
}

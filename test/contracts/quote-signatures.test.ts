// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  MaxUint256,
  Signature,
  ZeroAddress,
  ZeroHash,
  concat,
  dataSlice,
  id,
  toBeHex,
  verifyTypedData,
} from "ethers";
import { AMOUNT, MANIFEST } from "../helpers/leases.ts";
import { deploySecondMarket, openOtherChain } from "../helpers/markets.ts";
import { QUOTE_TYPES, openUnder, quoteDomain, quoteOf, signQuote, signerOf } from "../helpers/quotes.ts";
import type { Quote } from "../helpers/quotes.ts";
import { HOUR, advance, now } from "../helpers/time.ts";
import { loadWorld } from "../helpers/world.ts";
import type { World } from "../helpers/world.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const OTHER_CHAIN = 8_453;

async function expectNotSigned(
  world: World,
  quote: Quote,
  signature: string,
  [signer, operator]: readonly [signer: unknown, operator: unknown],
): Promise<void> {
  await expect(openUnder(world, quote, { signature }))
    .to.be.revertedWithCustomError(world.market, "QuoteSignerInvalid")
    .withArgs(world.owner, signer, operator);
}

/** All that is not a signature of 65 bytes with the lower half and a recovery id of 27 or 28. */
function malformed(signature: string): Record<string, string> {
  const { r, s, v, compactSerialized } = Signature.from(signature);
  const upper = toBeHex(ORDER - BigInt(s), 32);
  const withId = (last: number, half = s): string => concat([r, half, toBeHex(last, 1)]);
  return {
    empty: "0x",
    "of 64 bytes, cut": dataSlice(signature, 0, 64),
    "of 64 bytes, compact": compactSerialized,
    "of 66 bytes": concat([signature, "0x00"]),
    "with the recovery id counted from 0": withId(v - 27),
    "with a recovery id of 29": withId(29),
    "with the upper half": withId(v === 27 ? 28 : 27, upper),
    "of nothing but zeros": toBeHex(0, 65),
    "with an r of zero": concat([ZeroHash, s, toBeHex(v, 1)]),
    "with an r beyond the curve": concat([toBeHex(MaxUint256, 32), s, toBeHex(v, 1)]),
  };
}

describe("openWithQuote by a signature", () => {
  it("takes the operator's, under every instance of his", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world);
    const signature = await signQuote(world, quote);
    await world.market.connect(world.operator).claimInstance(world.owner, 0n);
    await openUnder(world, quote, { signature });
  });

  it("refuses everybody else's: the owner's, a rival operator's, a stranger's, the tenant's own", async () => {
    const world = await loadWorld();
    const { owner, rivalOperator, stranger, tenant, operator } = world;
    const quote = quoteOf(world);
    for (const signer of [owner, rivalOperator, stranger, tenant]) {
      await expectNotSigned(world, quote, await signQuote(world, quote, signer), [signer, operator]);
    }
  });

  it("takes the owner's where he is his own operator", async () => {
    const world = await loadWorld();
    await world.market.connect(world.owner).setOperator(world.owner);
    const quote = quoteOf(world);
    await openUnder(world, quote, { signature: await signQuote(world, quote, world.owner) });
  });

  it("refuses whatever is malformed as signed by nobody", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world);
    const signature = await signQuote(world, quote);
    for (const spoilt of Object.values(malformed(signature))) {
      await expectNotSigned(world, quote, spoilt, [ZeroAddress, world.operator]);
    }
    await openUnder(world, quote, { signature });
  });

  it("refuses the other recovery id as somebody else's", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world);
    const { r, s, v } = Signature.from(await signQuote(world, quote));
    const flipped = concat([r, s, toBeHex(v === 27 ? 28 : 27, 1)]);
    const signer = await signerOf(world.market, quote, flipped);
    await expectNotSigned(world, quote, flipped, [signer, world.operator]);
  });

  it("covers every word of the quote", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world, { tenant: world.tenant.address });
    const signature = await signQuote(world, quote);
    const edits: Partial<Quote>[] = [
      { offerId: world.unjudgedOfferId },
      { tenant: ZeroAddress },
      { milliRatePerSecond: quote.milliRatePerSecond - 1n },
      { resourcesHash: ZeroHash },
      { expiresAt: quote.expiresAt + 1n },
      { salt: id("edited") },
    ];
    for (const edit of edits) {
      const edited = { ...quote, ...edit };
      const signer = await signerOf(world.market, edited, signature);
      await expectNotSigned(world, edited, signature, [signer, world.operator]);
    }
    const toAmend = await signQuote(world, { ...quote, leaseId: 1n });
    const signer = await signerOf(world.market, quote, toAmend);
    await expectNotSigned(world, quote, toAmend, [signer, world.operator]);
  });

  it("takes none where there is no operator, malformed ones included", async () => {
    const world = await loadWorld();
    const { market, owner, operator } = world;
    const quote = quoteOf(world);
    const signature = await signQuote(world, quote);
    await market.connect(owner).setOperator(ZeroAddress);
    await expectNotSigned(world, quote, signature, [operator, ZeroAddress]);
    for (const spoilt of Object.values(malformed(signature))) {
      await expectNotSigned(world, quote, spoilt, [ZeroAddress, ZeroAddress]);
    }
  });

  it("refuses an earlier operator's, in the block in which he is changed", async () => {
    const world = await loadWorld();
    const { market, owner, operator, stranger } = world;
    const quote = quoteOf(world);
    const signature = await signQuote(world, quote);
    await market.connect(owner).setOperator(stranger);
    await expectNotSigned(world, quote, signature, [operator, stranger]);
    await openUnder(world, quote, { signature: await signQuote(world, quote, stranger) });
  });

  it("takes an earlier operator's again once he is named again, but for what expired or was cancelled", async () => {
    const world = await loadWorld();
    const { market, owner, operator, stranger } = world;
    const alive = quoteOf(world, { expiresAt: now() + 2n * HOUR });
    const expired = quoteOf(world, { expiresAt: now() + 1n, salt: id("expired") });
    const cancelled = { ...alive, salt: id("cancelled") };
    await market.connect(owner).setOperator(stranger);
    await market.connect(owner).cancelQuote(owner, 1n, cancelled.salt);
    await advance(HOUR);
    await market.connect(owner).setOperator(operator);
    await expect(openUnder(world, expired))
      .to.be.revertedWithCustomError(market, "QuoteExpired")
      .withArgs(now(), expired.expiresAt);
    await expect(openUnder(world, cancelled))
      .to.be.revertedWithCustomError(market, "QuoteSpent")
      .withArgs(owner, cancelled.salt);
    await openUnder(world, alive);
  });

  it("is good for the providers whose operator signed, and for the offer's provider alone", async () => {
    const world = await loadWorld();
    const { market, owner, rival, operator, rivalOfferId } = world;
    await market.connect(rival).setOperator(operator);
    const quote = quoteOf(world);
    await expect(openUnder(world, quote, { provider: rival }))
      .to.be.revertedWithCustomError(market, "OfferProviderMismatch")
      .withArgs(quote.offerId, owner, rival);
    await openUnder(world, quote);
    await openUnder(world, { ...quote, offerId: rivalOfferId }, { provider: rival });
  });

  it("is good for one market: another on the same chain refuses it", async () => {
    const world = await loadWorld();
    const second = await deploySecondMarket(world);
    const quote = quoteOf(world);
    const [ours, theirs] = [await signQuote(world, quote), await signQuote(second, quote)];
    expect((await second.market.offerOf(quote.offerId)).provider).to.equal(world.owner.address);
    for (const [place, signature] of [
      [second, ours],
      [world, theirs],
    ] as const) {
      const signer = await signerOf(place.market, quote, signature);
      await expectNotSigned(place, quote, signature, [signer, world.operator]);
    }
    await openUnder(world, quote, { signature: ours });
    await openUnder(second, quote, { signature: theirs });
  });

  it("is good for one chain: the market at the same address on another refuses it", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world, { offerId: 1n, expiresAt: MaxUint256 });
    const other = await openOtherChain(world, OTHER_CHAIN);
    expect(await other.market.getAddress()).to.equal(await world.market.getAddress());
    const open = async (signature: string): Promise<unknown> => {
      const args = [quote, signature, world.owner.address, MaxUint256, AMOUNT, MANIFEST] as const;
      return other.market.connect(other.tenant).openWithQuote(...args, other.tenant);
    };
    const ours = await signQuote(world, quote);
    const there = await quoteDomain(world.market, BigInt(OTHER_CHAIN));
    const theirs = await signQuote(world, quote, world.operator, there);
    const signer = await signerOf(world.market, quote, theirs);
    await expectNotSigned(world, quote, theirs, [signer, world.operator]);
    await expect(open(ours))
      .to.be.revertedWithCustomError(other.market, "QuoteSignerInvalid")
      .withArgs(world.owner, verifyTypedData(there, QUOTE_TYPES, quote, ours), world.operator);
    await open(theirs);
    expect(await other.market.leaseCount()).to.equal(1n);
    await openUnder(world, quote, { signature: ours });
    await other.close();
  });
});

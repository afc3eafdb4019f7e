// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import {
  TypedDataEncoder,
  Wallet,
  ZeroAddress,
  ZeroHash,
  getAddress,
  id,
  recoverAddress,
  toBeHex,
} from "ethers";
import { Dice } from "../differential/dice.ts";
import { networkHelpers } from "../helpers/chain.ts";
import { openOtherChain } from "../helpers/markets.ts";
import { digestByViem } from "../helpers/viem-quotes.ts";
import { CHAIN_ID, QUOTE_TYPES, quoteDomain, quoteOf } from "../helpers/quotes.ts";
import type { Quote } from "../helpers/quotes.ts";
import { loadWorld } from "../helpers/world.ts";

const QUOTES = 1_000;
const BATCH = 100;
const SIGNED_OF_BATCH = 10;
const SEED = 20_261_122n;
const OTHER_CHAIN = 8_453;

/** A word of some length, edges more often than chance would have them. */
function randomWord(dice: Dice, bits: bigint): bigint {
  const edges = [0n, 1n, 2n ** bits - 1n];
  if (dice.chance(0.1)) return dice.pick(edges);
  let word = 0n;
  for (let limb = 0n; limb < bits; limb += 32n) word = (word << 32n) | BigInt(dice.below(2 ** 32));
  return word & (2n ** bits - 1n);
}

function randomQuote(dice: Dice): Quote {
  return {
    offerId: randomWord(dice, dice.pick([32n, 256n])),
    tenant: getAddress(toBeHex(randomWord(dice, 160n), 20)),
    milliRatePerSecond: randomWord(dice, dice.pick([74n, 256n])),
    resourcesHash: toBeHex(randomWord(dice, 256n), 32),
    leaseId: randomWord(dice, dice.pick([32n, 256n])),
    expiresAt: randomWord(dice, dice.pick([40n, 256n])),
    salt: toBeHex(randomWord(dice, 256n), 32),
  };
}

describe("hashQuote", () => {
  it("answers what viem hashes and what ethers signs, for a thousand random quotes", async () => {
    const { market } = await loadWorld();
    const domain = await quoteDomain(market);
    const dice = new Dice(SEED, 0n);
    const signer = new Wallet(id("somebody who signs quotes"));
    const digests = new Set<string>();
    for (let batch = 0; batch < QUOTES / BATCH; batch += 1) {
      const quotes = Array.from({ length: BATCH }, () => randomQuote(dice));
      const answers = await Promise.all(quotes.map((quote) => market.hashQuote(quote)));
      expect(answers).to.deep.equal(quotes.map((quote) => digestByViem(domain, quote)));
      const byEthers = quotes.map((quote) => TypedDataEncoder.hash(domain, QUOTE_TYPES, quote));
      expect(answers).to.deep.equal(byEthers);
      for (const digest of answers) digests.add(digest);
      for (const quote of quotes.slice(0, SIGNED_OF_BATCH)) {
        const signature = await signer.signTypedData(domain, QUOTE_TYPES, quote);
        expect(recoverAddress(await market.hashQuote(quote), signature)).to.equal(signer.address);
      }
    }
    expect(digests.size).to.equal(QUOTES);
  });

  it("answers the digest of a quote of nothing but zeros, and of the largest words", async () => {
    const { market } = await loadWorld();
    const domain = await quoteDomain(market);
    const most = 2n ** 256n - 1n;
    const zeros = { offerId: 0n, tenant: ZeroAddress, milliRatePerSecond: 0n, resourcesHash: ZeroHash };
    const ones = {
      offerId: most,
      tenant: getAddress(toBeHex(2n ** 160n - 1n, 20)),
      milliRatePerSecond: most,
      resourcesHash: toBeHex(most, 32),
    };
    for (const quote of [
      { ...zeros, leaseId: 0n, expiresAt: 0n, salt: ZeroHash },
      { ...ones, leaseId: most, expiresAt: most, salt: toBeHex(most, 32) },
    ]) {
      const digest = await market.hashQuote(quote);
      expect(digest).to.equal(digestByViem(domain, quote));
      expect(digest).to.equal(TypedDataEncoder.hash(domain, QUOTE_TYPES, quote));
    }
  });

  it("answers another digest on another chain, also where that chain forked off this one with the market on it", async () => {
    const world = await loadWorld();
    const quote = quoteOf(world);
    const address = await world.market.getAddress();
    const code = await world.market.getDeployedCode();
    const other = await openOtherChain(world, OTHER_CHAIN);
    const expected = digestByViem(await quoteDomain(world.market, BigInt(OTHER_CHAIN)), quote);
    expect(await other.market.hashQuote(quote)).to.equal(expected);
    await other.networkHelpers.setCode(address, code ?? "0x");
    expect(await other.market.hashQuote(quote)).to.equal(expected);
    expect((await other.market.eip712Domain()).chainId).to.equal(BigInt(OTHER_CHAIN));
    expect(await world.market.hashQuote(quote)).not.to.equal(expected);
    await other.close();
  });

  it("answers another digest at another address, also where the code was copied there", async () => {
    const world = await loadWorld();
    const { market, payee } = world;
    const quote = quoteOf(world);
    await networkHelpers.setCode(payee.address, (await market.getDeployedCode()) ?? "0x");
    const copy = market.attach(payee.address) as typeof market;
    expect(await copy.hashQuote(quote)).to.equal(digestByViem(await quoteDomain(copy), quote));
    expect(await copy.hashQuote(quote)).not.to.equal(await market.hashQuote(quote));
  });
});

describe("eip712Domain", () => {
  it("shows the domain as ERC-5267 wants it: name, version, chain and contract, no salt", async () => {
    const { market } = await loadWorld();
    const { verifyingContract } = await quoteDomain(market);
    expect(await market.eip712Domain()).to.deep.equal([
      "0x0f",
      "ComputeMarket",
      "1",
      CHAIN_ID,
      verifyingContract,
      ZeroHash,
      [],
    ]);
  });
});

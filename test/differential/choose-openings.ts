// SPDX-License-Identifier: Apache-2.0
import { id as hashOf, toBeHex } from "ethers";
import type { CallArgs, MarketCall, Quote } from "../model/calls.ts";
import { tokenOf, walletOf } from "../model/tokens.ts";
import { NOBODY, type Address, type Offer } from "../model/state.ts";
import { openingAmount, rateFor } from "./amounts.ts";
import type { Scene, SignedQuote } from "./scene.ts";
import { signPermit, signQuote, spoil } from "./sign.ts";

const MAX_UINT = 2n ** 256n - 1n;

/** Who opens for whom: mostly a tenant for himself, else a delegate for his principal, or somebody for a stranger. */
function parties(scene: Scene): { readonly from: Address; readonly tenant: Address } {
  const { dice, cast } = scene;
  const grant = scene.endingGrant();
  if (grant !== undefined && dice.chance(0.6)) return { from: grant[2], tenant: grant[0] };
  const tenant = scene.role("tenant", "otherTenant", "hybrid", "pauper");
  if (dice.chance(0.7)) return { from: tenant, tenant };
  if (dice.chance(0.8)) return { from: cast.of.delegate, tenant: scene.role("tenant", "otherTenant") };
  return { from: scene.anyone(), tenant: scene.anyone() };
}

function opening(scene: Scene, offer: Offer, rate: bigint, tenant: Address): CallArgs["open"] {
  const { dice, state } = scene;
  const offerId = dice.chance(0.99) ? offer.id : dice.pick([0n, BigInt(state.offers.size) + 1n]);
  const provider = dice.chance(0.97) ? offer.provider : scene.anyone();
  const limit = dice.weigh([
    [rate, 8],
    [MAX_UINT, 8],
    [rate > 0n ? rate - 1n : 0n, 1],
  ]);
  const amount = openingAmount(scene, offer, rate);
  return [offerId, provider, limit, amount, hashOf(`manifest ${dice.below(3)}`), tenant];
}

function plainOpening(scene: Scene): { from: Address; args: CallArgs["open"]; offer: Offer } {
  const offer = scene.offer();
  const { from, tenant } = parties(scene);
  return { from, offer, args: opening(scene, offer, offer.terms.milliRatePerSecond, tenant) };
}

/** A quote with at most one thing wrong with it, and its signature with at most one thing wrong. */
export function quoteFor(
  scene: Scene,
  offer: Offer,
  lease: { readonly id: bigint; readonly tenant: Address; readonly rate: bigint },
): SignedQuote {
  const { dice, state, cast, pool } = scene;
  if (pool.length > 0 && dice.chance(0.12)) return dice.pick(pool);
  const flaw = dice.chance(0.75) ? -1 : dice.below(4);
  const quote: Quote = {
    offerId: flaw === 0 && lease.id > 0n ? offer.id + 1n : offer.id,
    tenant: flaw === 1 ? scene.anyone() : dice.pick([NOBODY, lease.tenant]),
    milliRatePerSecond: lease.rate,
    resourcesHash: dice.chance(0.5) ? toBeHex(0, 32) : hashOf("resources"),
    leaseId: flaw === 2 ? lease.id + 1n : lease.id,
    expiresAt: flaw === 3 ? state.now - 1n : state.now + dice.pick([0n, 1n, 900n]),
    salt: toBeHex(dice.chance(0.9) ? dice.between(0n, 2n ** 200n) : dice.between(0n, 2n), 32),
  };
  const operator = state.providers.get(offer.provider)?.operator ?? NOBODY;
  const known = cast.keys.has(operator) && dice.chance(0.92);
  const signature = signQuote(state, cast, known ? operator : scene.anyone(), quote);
  const signed = { quote, signature: dice.chance(0.95) ? signature : spoil(dice, signature) };
  pool.push(signed);
  return signed;
}

/** How leases come about. */
export const openings = {
  open: (scene: Scene): MarketCall => {
    const { from, args } = plainOpening(scene);
    return { name: "open", from, args };
  },
  openFromBalance: (scene: Scene): MarketCall => {
    const { from, args, offer } = plainOpening(scene);
    const { token } = offer.terms;
    const free = scene.free(token, args[5]);
    if (free > 0n && scene.dice.chance(0.1)) args[3] = scene.dice.pick([free, free + 1n]);
    return { name: "openFromBalance", from, args };
  },
  openWithPermit: (scene: Scene): MarketCall => {
    const { dice, state, cast } = scene;
    const { args, offer } = plainOpening(scene);
    const from = dice.chance(0.8) ? cast.of.pauper : args[5];
    if (dice.chance(0.9)) args[5] = from;
    const token = tokenOf(state, offer.terms.token);
    if (dice.chance(0.03)) args[3] = walletOf(token, from) + 1n;
    const deadline =
      state.now +
      dice.weigh([
        [0n, 6],
        [600n, 6],
        [-1n, 1],
      ] as const);
    const signer = dice.chance(0.95) ? from : scene.anyone();
    const permit = signPermit(state, cast, token, { owner: from, value: args[3], deadline, signer });
    return { name: "openWithPermit", from, args: [...args, permit] };
  },
  openWithQuote: (scene: Scene): MarketCall => {
    const offer = scene.offer();
    const { from, tenant } = parties(scene);
    const rate = rateFor(scene, undefined);
    const { quote, signature } = quoteFor(scene, offer, { id: 0n, tenant, rate });
    const signed = scene.state.offers.get(quote.offerId) ?? offer;
    const args = opening(scene, signed, quote.milliRatePerSecond, tenant);
    const [, provider, limit, amount, manifestHash, forWhom] = args;
    return {
      name: "openWithQuote",
      from,
      args: [quote, signature, provider, limit, amount, manifestHash, forWhom],
    };
  },
} as const;

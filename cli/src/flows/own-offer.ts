// SPDX-License-Identifier: Apache-2.0
import type { MarketCall, Offer } from "@berth/sdk";
import { marketCalls, sendCall, UserError } from "@berth/sdk";
import type { Address, Hash } from "viem";
import { zeroAddress } from "viem";
import { leasesText } from "../output/drain-text.ts";
import type { Output } from "../output/output.ts";
import type { SigningSession } from "./session.ts";
import type { Token } from "./token.ts";
import { inTokens } from "./token.ts";

/** How many leases of an offer may be open at once. */
export interface OfferCapacity {
  readonly offerId: bigint;
  readonly capacity: bigint;
}

/** An offer of the wallet's account that takes leases. Throws UserError E_OFFER_UNKNOWN, E_NOT_OFFERER, E_OFFER_NOT_OPEN. */
export async function requireOwnOffer(
  { market, wallet }: SigningSession,
  offerId: bigint,
  signal: AbortSignal,
): Promise<Offer> {
  const offer = await market.offerOf(offerId, { signal });
  const account = wallet.account.address;
  if (offer.provider === zeroAddress)
    throw refusal("E_OFFER_UNKNOWN", offerId, `There is no offer ${offerId}.`);
  if (offer.provider !== account) {
    const message = `Offer ${offerId} is that of ${offer.provider}, not of ${account}.`;
    throw refusal("E_NOT_OFFERER", offerId, message);
  }
  if (!offer.closed) return offer;
  throw refusal("E_OFFER_NOT_OPEN", offerId, `Offer ${offerId} is closed for ever.`);
}

/** Changes a capacity as the owner, under the instance of whichever daemon runs. Throws what `sendCall` throws. */
export function setCapacity(
  session: SigningSession,
  { offerId, capacity }: OfferCapacity,
  signal: AbortSignal,
): Promise<Hash> {
  const calls = marketCalls(session.market.address);
  return act(session, (instance) => calls.setCapacity(instance, offerId, capacity), signal);
}

/** Closes an offer for ever, as `setCapacity` changes one. */
export function closeOffer(session: SigningSession, offerId: bigint, signal: AbortSignal): Promise<Hash> {
  const calls = marketCalls(session.market.address);
  return act(session, (instance) => calls.closeOffer(instance, offerId), signal);
}

async function act(
  { market, wallet }: SigningSession,
  callOf: (instance: bigint) => MarketCall,
  signal: AbortSignal,
): Promise<Hash> {
  const { instance } = await market.providerOf(wallet.account.address, { signal });
  const { hash } = await sendCall(wallet, market.client, callOf(instance), { signal });
  return hash;
}

/** Warns where the free stake does not reach for as many more leases as an offer has places. */
export async function warnOfThinStake(
  { market, wallet }: SigningSession,
  { collateral, places }: { readonly collateral: bigint; readonly places: bigint },
  token: Token,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const owner: Address = wallet.account.address;
  const { staked, locked } = await market.stakeOf(token.address, owner, { signal });
  const needed = collateral * places;
  const free = staked - locked;
  if (free >= needed) return;
  output.note(
    `warning: room for ${leasesText(Number(places))} needs ${inTokens(needed, token)} of free stake, and there is ${inTokens(free, token)}; ` +
      `\`berth provider stake\` adds some, or no more leases can be opened.`,
  );
}

function refusal(code: string, offerId: bigint, message: string): UserError {
  return new UserError(code, message, {
    atRisk: "nothing: nothing was sent",
    next: "`berth provider status --all` lists your offers; `berth provider offer` makes another.",
    facts: { offerId: offerId.toString() },
  });
}

// SPDX-License-Identifier: Apache-2.0
import type { CallArgs } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import { requireInstance, requireProvider } from "./providers.ts";
import { known, need, needAll, type Check } from "./refusal.ts";
import type { Offer, State } from "./state.ts";

const MAX_RATE = 2n ** 74n - 1n;
const MAX_COLLATERAL = 2n ** 96n - 1n;
const MAX_MIN_PERIOD = 86_400n;
const START_PERIODS = { shortest: 60n, longest: 3_600n };
const MAX_RETENTION_PERIOD = 2_592_000n;

/** The offer under a number; refused where there is none. */
export function requireOffer(state: State, offerId: bigint): Offer {
  const offer = state.offers.get(offerId);
  need(offer !== undefined, "OfferUnknown", offerId);
  return known(offer);
}

/** A price within the bounds. */
export function rateCheck(rate: bigint): Check {
  return [rate >= 1n && rate <= MAX_RATE, "OfferRateOutOfBounds", rate, 1n, MAX_RATE];
}

export function createOffer(context: Context, args: CallArgs["createOffer"]): void {
  const { state, caller } = context;
  const [terms, capacity, resources, metadataURI] = args;
  const { token, milliRatePerSecond, collateral, minPeriod, startPeriod, retentionPeriod } = terms;
  requireProvider(state, caller);
  const { shortest, longest } = START_PERIODS;
  const startable = startPeriod >= shortest && startPeriod <= longest;
  needAll([
    [state.tokens.has(token), "OfferTokenInvalid", token],
    rateCheck(milliRatePerSecond),
    [collateral <= MAX_COLLATERAL, "OfferCollateralTooLarge", collateral, MAX_COLLATERAL],
    [minPeriod <= MAX_MIN_PERIOD, "OfferMinPeriodTooLong", minPeriod, MAX_MIN_PERIOD],
    [startable, "OfferStartPeriodOutOfBounds", startPeriod, shortest, longest],
    [
      retentionPeriod <= MAX_RETENTION_PERIOD,
      "OfferRetentionPeriodTooLong",
      retentionPeriod,
      MAX_RETENTION_PERIOD,
    ],
  ]);
  const id = BigInt(state.offers.size) + 1n;
  state.offers.set(id, { id, provider: caller, terms, capacity, taken: 0n, closed: false });
  const shown = [Object.values(terms), capacity, Object.values(resources), metadataURI];
  emit(context, "OfferCreated", id, caller, token, ...shown);
}

function requireOpenOffer(context: Context, instance: bigint, offerId: bigint): Offer {
  const offer = requireOffer(context.state, offerId);
  requireInstance(context, requireProvider(context.state, offer.provider), instance);
  need(!offer.closed, "OfferNotOpen", offerId);
  return offer;
}

export function setCapacity(context: Context, args: CallArgs["setCapacity"]): void {
  const [instance, offerId, capacity] = args;
  const offer = requireOpenOffer(context, instance, offerId);
  offer.capacity = capacity;
  emit(context, "OfferCapacityChanged", offerId, offer.provider, capacity);
}

export function closeOffer(context: Context, [instance, offerId]: CallArgs["closeOffer"]): void {
  const offer = requireOpenOffer(context, instance, offerId);
  offer.closed = true;
  emit(context, "OfferClosed", offerId, offer.provider);
}

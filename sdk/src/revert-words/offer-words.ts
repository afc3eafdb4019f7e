// SPDX-License-Identifier: Apache-2.0
import { NO_MONEY_MOVED, type RevertTableOf } from "./words.ts";

/** Refusals about terms. */
export const offerWords: RevertTableOf<"Offer"> = {
  OfferUnknown: ({ offerId }) => ({
    message: `There is no offer ${offerId}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Check the number and the chain.",
  }),
  OfferTokenInvalid: ({ token }) => ({
    message: `No contract stands at the token's address ${token}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Check the token's address on this chain.",
  }),
  OfferRateOutOfBounds: ({ actual, minimum, maximum }) => ({
    message: `A rate of ${actual} thousandths of a base unit per second is not between ${minimum} and ${maximum}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Choose a rate within these bounds.",
  }),
  OfferCollateralTooLarge: ({ actual, maximum }) => ({
    message: `A collateral of ${actual} base units is more than a lease can have, ${maximum}.`,
    atRisk: NO_MONEY_MOVED,
    next: `Choose at most ${maximum} base units.`,
  }),
  OfferMinPeriodTooLong: ({ actual, maximum }) => ({
    message: `A minimum period of ${actual} s is longer than the longest, ${maximum} s.`,
    atRisk: NO_MONEY_MOVED,
    next: `Choose at most ${maximum} seconds.`,
  }),
  OfferStartPeriodOutOfBounds: ({ actual, minimum, maximum }) => ({
    message: `A start period of ${actual} s is not between ${minimum} and ${maximum} s.`,
    atRisk: NO_MONEY_MOVED,
    next: `Choose ${minimum} to ${maximum} seconds.`,
  }),
  OfferRetentionPeriodTooLong: ({ actual, maximum }) => ({
    message: `A retention period of ${actual} s is longer than the longest, ${maximum} s.`,
    atRisk: NO_MONEY_MOVED,
    next: `Choose at most ${maximum} seconds.`,
  }),
  OfferProviderMismatch: ({ offerId, actual, expected }) => ({
    message: `Offer ${offerId} belongs to ${actual}, not to ${expected}; a reorganisation of the chain can do that.`,
    atRisk: NO_MONEY_MOVED,
    next: "Look the offer up again and lease from the provider that you mean.",
  }),
  OfferNotOpen: ({ offerId }) => ({
    message: `Offer ${offerId} is closed for ever and takes no new leases.`,
    atRisk: NO_MONEY_MOVED,
    next: "Choose another offer; as its provider, create a new one.",
  }),
  OfferFull: ({ offerId, taken, capacity }) => ({
    message: `Offer ${offerId} is full: ${taken} leases are open, and its capacity is ${capacity}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Choose another offer, or wait until a lease of it closes; its provider can raise the capacity.",
  }),
  OfferRateAboveLimit: ({ offerId, actual, maximum }) => ({
    message: `Offer ${offerId} costs ${actual} thousandths of a base unit per second; you accept at most ${maximum}.`,
    atRisk: NO_MONEY_MOVED,
    next: "Accept the offer's rate, or choose a cheaper offer.",
  }),
};

// SPDX-License-Identifier: Apache-2.0
import type { CallArgs, Quote } from "./calls.ts";
import { emit, type Context } from "./context.ts";
import { Reason } from "../helpers/enums.ts";
import { actsFor, delegationOf, spend, spendingChecks } from "./delegates.ts";
import { costOf } from "./lease-math.ts";
import { arrivalChecks, arrivedBy } from "./money.ts";
import { requireOffer } from "./offers.ts";
import { notSilentCheck, requireProvider, stakeCheck, stakeOf } from "./providers.ts";
import { quoteChecks, useQuote } from "./quotes.ts";
import { known, needAll, type Check } from "./refusal.ts";
import { tryPermit } from "./signatures.ts";
import { NOBODY, type Address, type Offer, type Provider, type State } from "./state.ts";
import { foreseePull, pull, tokenOf } from "./tokens.ts";

export const MAX_BALANCE = 2n ** 96n - 1n;

interface Opening {
  readonly offer: Offer;
  readonly provider: Provider;
  readonly rate: bigint;
  readonly arrived: bigint;
  readonly tenant: Address;
  readonly manifestHash: string;
  readonly fromBalance: boolean;
}

interface Signed {
  readonly quote: Quote;
  readonly signature: string;
}

/** The caller's right to open for the tenant; which of this and the rest is said first is open. */
function openerCheck(context: Context, offer: Offer, tenant: Address): Check {
  const { state, caller } = context;
  const { token } = offer.terms;
  const { until } = delegationOf(state, tenant, token, caller);
  return [actsFor(context, tenant, token), "DelegateNotAuthorized", tenant, token, caller, until];
}

function offerChecks(state: State, offer: Offer, expected: Address, limit: bigint, rate: bigint): Check[] {
  const provider = requireProvider(state, offer.provider);
  const { token, collateral } = offer.terms;
  return [
    [offer.provider === expected, "OfferProviderMismatch", offer.id, offer.provider, expected],
    [rate <= limit, "OfferRateAboveLimit", offer.id, rate, limit],
    notSilentCheck(state, provider),
    [!offer.closed, "OfferNotOpen", offer.id],
    [offer.taken < offer.capacity, "OfferFull", offer.id, offer.taken, offer.capacity],
    stakeCheck(provider, token, collateral),
  ];
}

function amountChecks(offer: Offer, rate: bigint, arrived: bigint): Check[] {
  const minimum = costOf(rate, offer.terms.minPeriod);
  return [
    [arrived >= minimum, "LeaseAmountTooSmall", 0n, arrived, minimum],
    [arrived <= MAX_BALANCE, "LeaseBalanceTooLarge", 0n, arrived, MAX_BALANCE],
  ];
}

function enter(context: Context, opening: Opening): bigint {
  const { state, caller } = context;
  const { offer, provider, rate, arrived, tenant, manifestHash, fromBalance } = opening;
  const { token, collateral, startPeriod } = offer.terms;
  const id = BigInt(state.leases.size) + 1n;
  const startBy = state.now + startPeriod;
  state.leases.set(id, {
    id,
    offerId: offer.id,
    tenant,
    startBy,
    balance: arrived,
    rate,
    remainder: 0n,
    settledClock: 0n,
    started: false,
    paused: false,
    inMinimum: false,
    unlocked: false,
    reason: Reason.None,
    closedAt: 0n,
    dispute: undefined,
  });
  offer.taken += 1n;
  stakeOf(provider, token).locked += collateral;
  provider.sequence += 1n;
  const facts = [offer.id, rate, arrived, collateral, startBy, manifestHash];
  const payer = fromBalance ? NOBODY : caller;
  emit(context, "LeaseOpened", id, provider.address, tenant, ...facts, payer, provider.sequence);
  return id;
}

function openFromWallet(context: Context, args: CallArgs["open"], signed?: Signed): void {
  const { state, caller } = context;
  const [offerId, expected, limit, amount, manifestHash, tenant] = args;
  const offer = requireOffer(state, offerId);
  const provider = requireProvider(state, offer.provider);
  const token = tokenOf(state, offer.terms.token);
  const rate = signed?.quote.milliRatePerSecond ?? offer.terms.milliRatePerSecond;
  const transfer = foreseePull(state, token, caller, amount);
  const arrived = arrivedBy(transfer);
  const fresh = { id: 0n, offerId, tenant };
  needAll([
    openerCheck(context, offer, tenant),
    ...offerChecks(state, offer, expected, limit, rate),
    ...(signed === undefined ? [] : quoteChecks(state, provider, signed, fresh)),
    ...arrivalChecks(token.address, transfer),
    ...("error" in transfer ? [] : amountChecks(offer, rate, arrived)),
  ]);
  pull(state, token, caller, amount);
  const opening = { offer, provider, rate, arrived, tenant, manifestHash, fromBalance: false };
  const id = enter(context, opening);
  if (signed !== undefined) useQuote(context, provider, signed.quote, id);
}

export function open(context: Context, args: CallArgs["open"]): void {
  openFromWallet(context, args);
}

export function openWithPermit(context: Context, args: CallArgs["openWithPermit"]): void {
  const [offerId, provider, limit, amount, manifestHash, tenant, permit] = args;
  const offer = requireOffer(context.state, offerId);
  const token = tokenOf(context.state, offer.terms.token);
  tryPermit(context.state, token, context.caller, amount, permit);
  openFromWallet(context, [offerId, provider, limit, amount, manifestHash, tenant]);
}

export function openWithQuote(context: Context, args: CallArgs["openWithQuote"]): void {
  const [quote, signature, provider, limit, amount, manifestHash, tenant] = args;
  const opening: CallArgs["open"] = [quote.offerId, provider, limit, amount, manifestHash, tenant];
  openFromWallet(context, opening, { quote, signature });
}

export function openFromBalance(context: Context, args: CallArgs["openFromBalance"]): void {
  const { state } = context;
  const [offerId, expected, limit, amount, manifestHash, tenant] = args;
  const offer = requireOffer(state, offerId);
  const { token, milliRatePerSecond: rate } = offer.terms;
  needAll([
    openerCheck(context, offer, tenant),
    ...offerChecks(state, offer, expected, limit, rate),
    [amount > 0n, "LeaseAmountTooSmall", 0n, amount, 1n],
    ...amountChecks(offer, rate, amount),
    ...spendingChecks(context, tenant, token, amount),
  ]);
  spend(context, tenant, token, amount);
  const provider = known(state.providers.get(offer.provider));
  enter(context, { offer, provider, rate, arrived: amount, tenant, manifestHash, fromBalance: true });
}

// SPDX-License-Identifier: Apache-2.0
import type { Manifest, Offer, Resources } from "@berth/sdk";
import {
  allotResources,
  allotStorage,
  BerthError,
  formatRate,
  parseAmount,
  parseRate,
  readOfferMetadata,
  requireTier,
  UserError,
} from "@berth/sdk";
import type { Address } from "viem";
import { gatewayEndpoint } from "./gateway.ts";
import type { MarketSession } from "./session.ts";
import type { Token } from "./token.ts";
import { inTokens, walletBalance } from "./token.ts";

/** An offer that may be leased. */
export interface Candidate {
  readonly offerId: bigint;
  readonly offer: Offer;
  readonly resources: Resources;
  /** What the offer says of itself, as it was written. */
  readonly metadataURI: string;
  readonly token: Token;
}

/** What the tenant wants and accepts; amounts as decimal strings of whole tokens, since each offer has its own token. */
export interface Wish {
  readonly manifest: Manifest;
  readonly tenant: Address;
  /** Highest rate an hour; null accepts any. */
  readonly maxRatePerHour: string | null;
  /** What is to be put into the lease; null is refused later, where the offer's minimum is known. */
  readonly deposit: string | null;
}

/** Why an offer cannot be leased: in a word for counting, and in full. */
export interface Obstacle {
  readonly kind: string;
  readonly error: UserError;
}

export interface Judgement {
  readonly obstacle: Obstacle | null;
  /** False where the tenant's wallet does not hold the deposit. */
  readonly payable: boolean;
}

/** Whether an offer can be leased now. Reads the chain only for offers whose terms suit. */
export async function judgeOffer(
  session: MarketSession,
  candidate: Candidate,
  wish: Wish,
  signal: AbortSignal,
): Promise<Judgement> {
  const obstacle =
    placeObstacle(candidate) ??
    resourceObstacle(candidate, wish.manifest) ??
    tierObstacle(candidate, wish.manifest) ??
    priceObstacle(candidate, wish.maxRatePerHour) ??
    (await providerObstacle(session, candidate, signal));
  if (obstacle !== null) return { obstacle, payable: false };
  return { obstacle: null, payable: await canPay(session, candidate, wish, signal) };
}

/** A token that cannot say what a wallet holds is one that it cannot pay with. */
async function canPay(
  session: MarketSession,
  { token }: Candidate,
  { tenant, deposit }: Wish,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const held = await walletBalance(session, token.address, tenant, signal);
    return held > 0n && held >= depositUnits(deposit, token);
  } catch (error) {
    if (error instanceof BerthError && !error.retryable) return false;
    throw error;
  }
}

/** A deposit's base units; 0 where none was said or the token is too coarse for it, which is refused when it is paid. */
function depositUnits(deposit: string | null, { decimals }: Token): bigint {
  const places = deposit?.split(".")[1]?.length ?? 0;
  return deposit === null || places > decimals ? 0n : parseAmount(deposit, decimals);
}

function placeObstacle({ offerId, offer }: Candidate): Obstacle | null {
  if (offer.closed)
    return obstacle(
      "closed",
      "E_OFFER_NOT_OPEN",
      `Offer ${offerId} is closed and takes no new leases.`,
      offerId,
    );
  if (offer.taken < offer.capacity) return null;
  const full = `Offer ${offerId} is full: ${offer.taken} of ${offer.capacity} places are taken.`;
  return obstacle("full", "E_OFFER_FULL", full, offerId);
}

function resourceObstacle({ resources }: Candidate, manifest: Manifest): Obstacle | null {
  return refusalOf("too small", () => {
    allotResources(manifest, resources);
    allotStorage(manifest, resources);
  });
}

/** An offer whose claim cannot be read isolates nobody knows how: it is refused even where the manifest needs nothing. */
function tierObstacle({ metadataURI }: Candidate, { market }: Manifest): Obstacle | null {
  return refusalOf("isolated too little", () =>
    requireTier(readOfferMetadata(metadataURI).tier, market.tier),
  );
}

function priceObstacle(candidate: Candidate, maxRatePerHour: string | null): Obstacle | null {
  if (maxRatePerHour === null) return null;
  return refusalOf("too dear", () => requireRate(candidate, maxRatePerHour));
}

function requireRate({ offerId, offer, token }: Candidate, maxRatePerHour: string): void {
  const rate = offer.terms.milliRatePerSecond;
  if (rate <= parseRate(`${maxRatePerHour}/h`, token.decimals)) return;
  const price = formatRate(rate, token.decimals, "hour");
  const dear = `Offer ${offerId} costs ${price} in ${token.symbol}; you accept at most ${maxRatePerHour}/h.`;
  throw refusal("E_OFFER_RATE_ABOVE_LIMIT", dear, offerId);
}

function refusalOf(kind: string, check: () => void): Obstacle | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof UserError) return { kind, error };
    throw error;
  }
}

async function providerObstacle(
  session: MarketSession,
  { offerId, offer, token }: Candidate,
  signal: AbortSignal,
): Promise<Obstacle | null> {
  const { market } = session;
  const [provider, stake] = await Promise.all([
    market.providerOf(offer.provider, { signal }),
    market.stakeOf(token.address, offer.provider, { signal }),
  ]);
  if (provider.silent) {
    const silent = `The provider of offer ${offerId}, ${offer.provider}, is silent: he reports no more and starts nothing.`;
    return obstacle("silent", "E_PROVIDER_SILENT", silent, offerId);
  }
  const free = stake.staked - stake.locked;
  if (free >= offer.terms.collateral) return gatewayObstacle(session, offer.provider, signal);
  const collateral = inTokens(offer.terms.collateral, token);
  const short = `Offer ${offerId} needs ${collateral} of free stake behind a lease; its provider has ${inTokens(free, token)}.`;
  return obstacle("without stake", "E_STAKE_INSUFFICIENT", short, offerId);
}

async function gatewayObstacle(
  session: MarketSession,
  provider: Address,
  signal: AbortSignal,
): Promise<Obstacle | null> {
  try {
    await gatewayEndpoint(session, provider, signal);
    return null;
  } catch (error) {
    if (error instanceof UserError) return { kind: "without gateway", error };
    throw error;
  }
}

function obstacle(kind: string, code: string, message: string, offerId: bigint): Obstacle {
  return { kind, error: refusal(code, message, offerId) };
}

function refusal(code: string, message: string, offerId: bigint): UserError {
  return new UserError(code, message, {
    atRisk: "nothing: no lease was opened",
    next: "Choose another offer: leave --offer out to take the cheapest that fits.",
    facts: { offerId: offerId.toString() },
  });
}

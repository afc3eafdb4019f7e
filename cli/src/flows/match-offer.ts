// SPDX-License-Identifier: Apache-2.0
import type { Manifest, MarketEventOf, Offer } from "@berth/sdk";
import { BerthError, UserError } from "@berth/sdk";
import type { Address } from "viem";
import type { Candidate, Obstacle, Wish } from "./check-offer.ts";
import { judgeOffer } from "./check-offer.ts";
import { offersCreated } from "./history.ts";
import type { MarketSession } from "./session.ts";
import type { Token } from "./token.ts";
import { createTokenReader } from "./token-reader.ts";

/** Prices of different tokens are compared as if all tokens were worth the same: name a token where they are not. */
const COMPARED_DECIMALS = 18n;

/** What the tenant looks for. */
export interface OfferQuery extends Wish {
  readonly manifest: Manifest;
  /** This offer and no other. */
  readonly offerId: bigint | null;
  /** Only offers in this token. */
  readonly token: Address | null;
  /** Who will pay; an offer that his wallet can pay goes before a cheaper one that it cannot. */
  readonly tenant: Address;
}

/**
 * The offer that is named, or the cheapest open one that fits. Throws UserError: the obstacle of the named offer, else
 * E_OFFER_NONE_FITS, which counts what stood in the way.
 */
export async function matchOffer(
  session: MarketSession,
  query: OfferQuery,
  signal: AbortSignal,
): Promise<Candidate> {
  const created = await offersCreated(session, null, signal);
  const named = created.filter(({ args }) => query.offerId === null || args.offerId === query.offerId);
  const candidates = await readCandidates(session, named, signal);
  if (query.offerId !== null) return onlyOffer(session, query, candidates[0], signal);
  const cheapestFirst = candidates
    .filter(({ token }) => query.token === null || token.address === query.token)
    .sort((one, other) => compareBigints(comparedRate(one), comparedRate(other)));
  return firstThatFits(session, query, cheapestFirst, signal);
}

async function onlyOffer(
  session: MarketSession,
  query: OfferQuery,
  candidate: Candidate | undefined,
  signal: AbortSignal,
): Promise<Candidate> {
  if (candidate === undefined) throw unknownOffer(query.offerId);
  const { obstacle } = await judgeOffer(session, candidate, query, signal);
  if (obstacle !== null) throw obstacle.error;
  return candidate;
}

async function firstThatFits(
  session: MarketSession,
  query: OfferQuery,
  candidates: readonly Candidate[],
  signal: AbortSignal,
): Promise<Candidate> {
  const obstacles: Obstacle[] = [];
  let unpayable: Candidate | null = null;
  for (const candidate of candidates) {
    const { obstacle, payable } = await judgeOffer(session, candidate, query, signal);
    if (obstacle !== null) obstacles.push(obstacle);
    else if (payable) return candidate;
    else unpayable ??= candidate;
  }
  if (unpayable !== null) return unpayable;
  throw noneFits(obstacles);
}

async function readCandidates(
  session: MarketSession,
  created: readonly MarketEventOf<"OfferCreated">[],
  signal: AbortSignal,
): Promise<Candidate[]> {
  const readToken = createTokenReader(session, signal);
  const candidates = await Promise.all(
    created.map(async ({ args }) => {
      const offer = await session.market.offerOf(args.offerId, { signal });
      const token = await nullWhereUnreadable(readToken(args.token));
      return token === null ? [] : [candidateOf(args, offer, token)];
    }),
  );
  return candidates.flat();
}

function candidateOf(
  { offerId, resources, metadataURI }: MarketEventOf<"OfferCreated">["args"],
  offer: Offer,
  token: Token,
): Candidate {
  return { offerId, offer, resources, metadataURI, token };
}

/** Anybody may put an offer up in anything, a token that cannot be read included. */
async function nullWhereUnreadable(token: Promise<Token>): Promise<Token | null> {
  try {
    return await token;
  } catch (error) {
    if (error instanceof BerthError && !error.retryable) return null;
    throw error;
  }
}

function comparedRate({ offer, token }: Candidate): bigint {
  const scale = COMPARED_DECIMALS - BigInt(token.decimals);
  const rate = offer.terms.milliRatePerSecond;
  return scale >= 0n ? rate * 10n ** scale : rate / 10n ** -scale;
}

function compareBigints(one: bigint, other: bigint): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function unknownOffer(offerId: bigint | null): UserError {
  return new UserError("E_OFFER_UNKNOWN", `There is no offer ${offerId} in a token that can be read.`, {
    atRisk: "nothing: no lease was opened",
    next: "Check the number and the chain, or leave --offer out and take the cheapest that fits.",
    facts: { offerId: String(offerId) },
  });
}

function noneFits(obstacles: readonly Obstacle[]): UserError {
  const counts = new Map<string, number>();
  for (const { kind } of obstacles) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const counted = [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
  const why = counted === "" ? "there is none" : counted;
  return new UserError("E_OFFER_NONE_FITS", `No offer fits: ${why}.`, {
    atRisk: "nothing: no lease was opened",
    next: "Ask for fewer resources, accept a higher rate, or try later; `--offer <id>` says what is wrong with one.",
    facts: Object.fromEntries([...counts].map(([kind, count]) => [kind, String(count)])),
  });
}

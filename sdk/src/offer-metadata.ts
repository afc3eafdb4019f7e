// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import { UserError } from "./errors.ts";
import { ISOLATION_TIERS, isTierEnough, type IsolationTier } from "./isolation.ts";

/** What an offer says of itself beside its terms. Written into the offer, so that it never changes, as the terms never do. */
export interface OfferMetadata {
  readonly version: 1;
  /** On what tier every lease of the offer runs. */
  readonly tier: IsolationTier;
  /** Where more is told, for people to read; null for nowhere. */
  readonly describedAt: string | null;
}

const PREFIX = "data:application/json,";

const schema: z.ZodType<OfferMetadata> = z.strictObject({
  version: z.literal(1),
  tier: z.enum(ISOLATION_TIERS),
  describedAt: z.string().nullable(),
});

/** The offer's metadata URI: the document itself, since a document elsewhere could be changed under a lease. */
export function offerMetadataUri({ version, tier, describedAt }: OfferMetadata): string {
  return PREFIX + encodeURIComponent(JSON.stringify({ describedAt, tier, version }));
}

/**
 * What an offer's metadata URI says. An address elsewhere claims nothing: the tier is `runc`, which is what nobody need claim.
 * UserError E_OFFER_METADATA for a document that was written into the offer and that this version cannot read.
 */
export function readOfferMetadata(uri: string): OfferMetadata {
  if (!/^data:/i.test(uri)) return { version: 1, tier: "runc", describedAt: uri === "" ? null : uri };
  const read = schema.safeParse(uri.startsWith(PREFIX) ? parsed(uri.slice(PREFIX.length)) : undefined);
  if (read.success) return read.data;
  throw new UserError("E_OFFER_METADATA", "The offer carries a document that this version cannot read.", {
    atRisk: "nothing: on what tier its leases run is not guessed",
    next: "Update Berth; if that does not help, choose another offer.",
  });
}

/** UserError E_TIER_BELOW_MANIFEST where the offer claims less than the manifest needs. */
export function requireTier(claimed: IsolationTier, needed: IsolationTier | null): void {
  if (isTierEnough(claimed, needed)) return;
  throw new UserError(
    "E_TIER_BELOW_MANIFEST",
    `The manifest needs the isolation tier ${needed}; the offer claims ${claimed}.`,
    {
      atRisk: "nothing: nothing was started",
      next: `Choose an offer that claims ${needed} or more, or lower x-berth.tier in the manifest.`,
    },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(text));
  } catch {
    return undefined;
  }
}

// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { ISOLATION_TIERS, isTierEnough } from "./isolation.ts";
import { offerMetadataUri, readOfferMetadata, requireTier } from "./offer-metadata.ts";

const claims = fc.record({
  version: fc.constant(1 as const),
  tier: fc.constantFrom(...ISOLATION_TIERS),
  describedAt: fc.option(fc.string({ unit: "grapheme" })),
});

describe("an offer's metadata", () => {
  it("reads back as it was written, whatever it says", () => {
    fc.assert(
      fc.property(claims, (claim) => {
        const uri = offerMetadataUri(claim);
        expect(uri).to.match(/^data:application\/json,[!-~]+$/);
        expect(readOfferMetadata(uri)).to.deep.equal(claim);
      }),
    );
  });

  it("claims no more than runc where it is kept elsewhere or is not there", () => {
    expect(readOfferMetadata("")).to.deep.equal({ version: 1, tier: "runc", describedAt: null });
    const elsewhere = "https://provider.example/offer.json?tier=gvisor";
    expect(readOfferMetadata(elsewhere)).to.deep.equal({ version: 1, tier: "runc", describedAt: elsewhere });
  });

  const unreadable: readonly string[] = [
    "data:application/json,",
    "data:application/json,{",
    "data:application/json,%",
    "data:application/json,null",
    'data:application/json,{"version":2,"tier":"gvisor","describedAt":null}',
    'data:application/json,{"version":1,"tier":"kata","describedAt":null}',
    'data:application/json,{"version":1,"tier":"gvisor","describedAt":null,"root":true}',
    'data:application/json,{"version":1,"describedAt":null}',
    "data:application/json;base64,e30=",
    'DATA:application/json,{"version":1,"tier":"gvisor","describedAt":null}',
  ];
  for (const uri of unreadable) {
    it(`is not guessed: ${uri.slice(0, 60)}`, () => {
      expect(() => readOfferMetadata(uri))
        .to.throw()
        .with.property("code", "E_OFFER_METADATA");
    });
  }
});

describe("isolation tiers", () => {
  it("are ordered: what is claimed serves whoever needs as much or less", () => {
    const enough = ISOLATION_TIERS.map((claimed) =>
      ISOLATION_TIERS.filter((needed) => isTierEnough(claimed, needed)),
    );
    expect(enough).to.deep.equal([["runc"], ["runc", "userns"], ["runc", "userns", "gvisor"]]);
    for (const claimed of ISOLATION_TIERS) expect(isTierEnough(claimed, null)).to.equal(true);
  });

  it("refuse a manifest that needs more than the offer claims", () => {
    expect(() => requireTier("runc", "gvisor"))
      .to.throw(/needs the isolation tier gvisor; the offer claims runc/)
      .with.property("code", "E_TIER_BELOW_MANIFEST");
    requireTier("gvisor", "userns");
  });
});

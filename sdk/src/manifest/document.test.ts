// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, keccak256, stringToHex } from "viem";
import {
  canonicalManifestText,
  manifestHash,
  newManifestDocument,
  parseManifestDocument,
} from "./document.ts";
import { FULL_SERVICE, manifestOf, refusalsOf, reversed } from "./manifest.fixture.ts";
import type { Manifest, ManifestDocument, Service } from "./types.ts";

const SALT = `0x${"5a".repeat(32)}` as const;
const PLAIN = newManifestDocument(manifestOf({ web: {} }), SALT);

const names = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}$/);
const texts = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replaceAll("\0", ""));
const services = fc.record({
  environment: fc.dictionary(
    fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/).filter((key) => key !== "__proto__"),
    texts,
  ),
  command: fc.option(texts.map((text) => ["run", text])),
  ports: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 4 }).map(portsOf),
  limits: fc.record({
    cpuMillis: fc.option(fc.integer({ min: 10, max: 1_000_000 })),
    memoryMiB: fc.option(fc.integer({ min: 16, max: 16_777_216 })),
    pids: fc.option(fc.integer({ min: 1, max: 4096 })),
  }),
  init: fc.boolean(),
});
const manifests = fc.dictionary(names, services, { minKeys: 1, maxKeys: 4 }).map(manifestOf);
const salts = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes));

function portsOf(numbers: readonly number[]): Service["ports"] {
  return numbers.map((containerPort) => ({ containerPort, protocol: "tcp" }));
}

describe("newManifestDocument", () => {
  it("takes a manifest that uses every field", () => {
    const manifest: Manifest = {
      ...manifestOf({ web: FULL_SERVICE }),
      volumes: { data: { sizeMiB: 2048 } },
      market: { maxRatePerHour: "1.5", deposit: "2", tier: "gvisor" },
    };
    expect(newManifestDocument(manifest, SALT)).to.deep.equal({ version: 1, salt: SALT, manifest });
  });

  it("refuses a salt that is not 32 bytes in lower case", () => {
    for (const salt of [
      "0x",
      `0x${"5A".repeat(32)}`,
      `0x${"5a".repeat(31)}`,
      `0x${"5a".repeat(33)}`,
    ] as const) {
      expect(refusalsOf(() => newManifestDocument(PLAIN.manifest, salt))[0]).to.include({ path: "salt" });
    }
  });

  it("refuses a manifest that breaks a rule, however it was made", () => {
    const refusals = refusalsOf(() => newManifestDocument(manifestOf({ web: { user: "root" } }), SALT));
    expect(refusals.map(({ path }) => path)).to.deep.equal(["manifest.services.web.user"]);
  });

  it("takes root where the manifest asks for a tier that bears it, and nowhere else", () => {
    for (const user of ["0", "0:0", "0:1000", "1000:0"]) {
      const manifest = manifestOf({ web: { user } });
      const on = (tier: Manifest["market"]["tier"]): Manifest => ({
        ...manifest,
        market: { ...manifest.market, tier },
      });
      for (const tier of [null, "runc"] as const) {
        const refusals = refusalsOf(() => newManifestDocument(on(tier), SALT));
        expect(refusals.map(({ path }) => path)).to.deep.equal(["manifest.services.web.user"]);
      }
      for (const tier of ["userns", "gvisor"] as const)
        expect(newManifestDocument(on(tier), SALT).manifest.services["web"]?.user).to.equal(user);
    }
  });

  it("refuses a manifest whose text is above the limit", () => {
    const environment = Object.fromEntries(
      Array.from({ length: 17 }, (_, index) => [`V${index}`, "x".repeat(4000)]),
    );
    const refusals = refusalsOf(() => newManifestDocument(manifestOf({ web: { environment } }), SALT));
    expect(refusals.map(({ code }) => code)).to.deep.equal(["E_MANIFEST_TOO_LARGE"]);
  });
});

describe("manifestHash", () => {
  it("is keccak256 of the UTF-8 of the canonical text", () => {
    const document = newManifestDocument(manifestOf({ web: { environment: { A: "é😀" } } }), SALT);
    const text = canonicalManifestText(document);
    expect(
      text.startsWith(
        '{"manifest":{"market":{"deposit":null,"maxRatePerHour":null,"tier":null},"name":"test","services":{',
      ),
    ).to.equal(true);
    expect(text).to.contain('"environment":{"A":"é😀"}');
    expect(manifestHash(document)).to.equal(keccak256(stringToHex(text)));
  });

  it("stays what it is from one release to the next", () => {
    expect(manifestHash(PLAIN)).to.equal(
      "0x27dfea46b21c9b8677ea86a3585169fc27d1a05e749dff58f3e73d594782098b",
    );
  });

  it("does not hang on the order of keys", () => {
    fc.assert(
      fc.property(manifests, salts, (manifest, salt) => {
        const document = newManifestDocument(manifest, salt);
        const other = reversed(document) as ManifestDocument;
        expect(manifestHash(other)).to.equal(manifestHash(document));
      }),
    );
  });

  it("differs when the salt or any part of the manifest differs", () => {
    const hashes = [
      PLAIN,
      { ...PLAIN, salt: `0x${"5b".repeat(32)}` as const },
      { ...PLAIN, manifest: manifestOf({ web: { init: false } }) },
      { ...PLAIN, manifest: manifestOf({ wed: {} }) },
      { ...PLAIN, manifest: manifestOf({ web: { command: ["a", "b"] } }) },
      { ...PLAIN, manifest: manifestOf({ web: { command: ["b", "a"] } }) },
    ].map(manifestHash);
    expect(new Set(hashes).size).to.equal(hashes.length);
  });
});

describe("parseManifestDocument", () => {
  it("gives back every document from its canonical text", () => {
    fc.assert(
      fc.property(manifests, salts, (manifest, salt) => {
        const document = newManifestDocument(manifest, salt);
        const parsed = parseManifestDocument(canonicalManifestText(document));
        expect(parsed).to.deep.equal(document);
        expect(manifestHash(parsed)).to.equal(manifestHash(document));
      }),
    );
  });
});

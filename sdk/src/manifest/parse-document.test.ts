// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { canonicalManifestText, newManifestDocument, parseManifestDocument } from "./document.ts";
import { ManifestError } from "./errors.ts";
import { FULL_SERVICE, manifestOf, refusalsOf, reversed } from "./manifest.fixture.ts";
import { MAX_MANIFEST_BYTES } from "./types.ts";

const SALT = `0x${"5a".repeat(32)}` as const;
const PLAIN = newManifestDocument(manifestOf({ web: {} }), SALT);
const PLAIN_TEXT = canonicalManifestText(PLAIN);

function changed(text: string, from: string, to: string): string {
  expect(text).to.contain(from);
  return text.replace(from, to);
}

describe("parseManifestDocument on hostile text", () => {
  const NOT_CANONICAL: Readonly<Record<string, string>> = {
    "a blank": ` ${PLAIN_TEXT}`,
    "a line end": `${PLAIN_TEXT}\n`,
    "another order of keys": JSON.stringify(reversed(PLAIN)),
    "a doubled key": changed(PLAIN_TEXT, '"version":1', '"version":1,"version":1'),
    "a doubled key with another value before it": changed(PLAIN_TEXT, '"init":', '"init":true,"init":'),
    "another spelling of a number": changed(PLAIN_TEXT, '"version":1', '"version":1.0'),
    "an escape that is not needed": changed(PLAIN_TEXT, '"test"', '"t\\u0065st"'),
  };
  for (const [title, text] of Object.entries(NOT_CANONICAL)) {
    it(`refuses ${title}`, () => {
      const refusals = refusalsOf(() => parseManifestDocument(text));
      expect(refusals.map(({ code }) => code)).to.deep.equal(["E_MANIFEST_NOT_CANONICAL"]);
    });
  }

  const REFUSED: readonly [title: string, text: string, code: string, path: string][] = [
    ["an empty text", "", "E_MANIFEST_SYNTAX", ""],
    ["what is no JSON", "name: test", "E_MANIFEST_SYNTAX", ""],
    ["a byte order mark", `\ufeff${PLAIN_TEXT}`, "E_MANIFEST_SYNTAX", ""],
    ["null", "null", "E_MANIFEST_VALUE", ""],
    ["a list", "[]", "E_MANIFEST_VALUE", ""],
    ["another version", changed(PLAIN_TEXT, '"version":1', '"version":2'), "E_MANIFEST_VALUE", "version"],
    [
      "a missing field",
      changed(PLAIN_TEXT, '"init":true,', ""),
      "E_MANIFEST_VALUE",
      "manifest.services.web.init",
    ],
    [
      "a further field",
      changed(PLAIN_TEXT, '"init"', '"devices":[],"init"'),
      "E_MANIFEST_KEY_UNKNOWN",
      "manifest.services.web.devices",
    ],
    [
      "a field named constructor",
      changed(PLAIN_TEXT, '"init"', '"constructor":1,"init"'),
      "E_MANIFEST_KEY_UNKNOWN",
      "manifest.services.web.constructor",
    ],
    [
      "a prototype",
      changed(PLAIN_TEXT, '"init"', '"__proto__":{},"init"'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.__proto__",
    ],
    [
      "a prototype among variables",
      changed(PLAIN_TEXT, '"environment":{}', '"environment":{"__proto__":"x"}'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.environment.__proto__",
    ],
    [
      "a lone surrogate",
      changed(PLAIN_TEXT, '"environment":{}', '"environment":{"A":"\\ud800"}'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.environment.A",
    ],
    [
      "a lone surrogate that is not escaped",
      changed(PLAIN_TEXT, '"environment":{}', '"environment":{"A":"\ud800"}'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.environment.A",
    ],
    [
      "a NUL character",
      changed(PLAIN_TEXT, '"command":null', '"command":["a\\u0000"]'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.command.0",
    ],
    [
      "a number that is no integer",
      changed(PLAIN_TEXT, '"pids":null', '"pids":1.5'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.limits.pids",
    ],
    [
      "a number beyond what is exact",
      changed(PLAIN_TEXT, '"pids":null', '"pids":9007199254740993'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.limits.pids",
    ],
    [
      "root",
      changed(PLAIN_TEXT, '"user":null', '"user":"0"'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.user",
    ],
    [
      "an image that is none",
      changed(PLAIN_TEXT, '"busybox"', '"Busy Box"'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.image",
    ],
    [
      "an undeclared volume",
      changed(PLAIN_TEXT, '"volumes":[]', '"volumes":[{"path":"/a","readOnly":false,"volume":"v"}]'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.volumes.0",
    ],
    [
      "a mount with options in its path",
      changed(PLAIN_TEXT, '"tmpfs":[]', '"tmpfs":[{"path":"/a:exec","sizeMiB":1}]'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.tmpfs.0.path",
    ],
    [
      "terms of a volume",
      changed(PLAIN_TEXT, '"volumes":{}', '"volumes":{"v":{"driver":"x","sizeMiB":null}}'),
      "E_MANIFEST_KEY_UNKNOWN",
      "manifest.volumes.v.driver",
    ],
    [
      "a volume too small for a file system",
      changed(PLAIN_TEXT, '"volumes":{}', '"volumes":{"v":{"sizeMiB":15}}'),
      "E_MANIFEST_VALUE",
      "manifest.volumes.v.sizeMiB",
    ],
    [
      "a volume whose size is left out",
      changed(PLAIN_TEXT, '"volumes":{}', '"volumes":{"v":{}}'),
      "E_MANIFEST_VALUE",
      "manifest.volumes.v.sizeMiB",
    ],
    [
      "an unknown service",
      changed(PLAIN_TEXT, '"dependsOn":{}', '"dependsOn":{"constructor":"started"}'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.dependsOn.constructor",
    ],
    [
      "a circle",
      changed(PLAIN_TEXT, '"dependsOn":{}', '"dependsOn":{"web":"started"}'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.dependsOn",
    ],
    [
      "a rate in another spelling",
      changed(PLAIN_TEXT, '"maxRatePerHour":null', '"maxRatePerHour":"1.0"'),
      "E_MANIFEST_VALUE",
      "manifest.market.maxRatePerHour",
    ],
    [
      "a restart policy of its own",
      changed(PLAIN_TEXT, '{"on":"never"}', '{"attempts":1,"on":"never"}'),
      "E_MANIFEST_KEY_UNKNOWN",
      "manifest.services.web.restart.attempts",
    ],
    [
      "a label of the provider",
      changed(PLAIN_TEXT, '"labels":{}', '"labels":{"berth.lease":"1"}'),
      "E_MANIFEST_VALUE",
      "manifest.services.web.labels.berth.lease",
    ],
  ];
  for (const [title, text, code, path] of REFUSED) {
    it(`refuses ${title}`, () => {
      const refusals = refusalsOf(() => parseManifestDocument(text));
      expect(refusals.map((refusal) => `${refusal.code} ${refusal.path}`)).to.include(`${code} ${path}`);
      expect(refusals.every(({ fix }) => fix !== "" && fix !== "undefined")).to.equal(true);
    });
  }

  it("refuses a text above the limit before it reads it", () => {
    for (const text of ["[".repeat(MAX_MANIFEST_BYTES + 1), `"${"é".repeat(MAX_MANIFEST_BYTES / 2)}"`]) {
      expect(refusalsOf(() => parseManifestDocument(text))[0]?.code).to.equal("E_MANIFEST_TOO_LARGE");
    }
    expect(refusalsOf(() => parseManifestDocument("[".repeat(MAX_MANIFEST_BYTES)))[0]?.code).to.equal(
      "E_MANIFEST_SYNTAX",
    );
  });

  it("counts values before it judges them", () => {
    const words = (count: number) => `"command":[${Array.from({ length: count }, () => "1").join(",")}]`;
    const refusals = (count: number) =>
      refusalsOf(() => parseManifestDocument(changed(PLAIN_TEXT, '"command":null', words(count))));
    expect(refusals(30_000).map(({ code }) => code)).to.deep.equal(["E_MANIFEST_TOO_COMPLEX"]);
    expect(refusals(1000)).to.have.length(1000);
  });

  it("looks no deeper than a document reaches", () => {
    const half = MAX_MANIFEST_BYTES / 2;
    const refusals = refusalsOf(() => parseManifestDocument("[".repeat(half) + "]".repeat(half)));
    expect(refusals.map(({ code }) => code)).to.include("E_MANIFEST_TOO_COMPLEX");
  });

  it("throws nothing but ManifestError, whatever JSON it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 12 }), fc.string({ unit: "binary" })), (text) => {
        expect(() => parseManifestDocument(text)).to.throw(ManifestError);
      }),
      { numRuns: 500 },
    );
  }).timeout(20_000);

  it("throws nothing but ManifestError for a document with any one value replaced", () => {
    const document = newManifestDocument(
      { ...manifestOf({ web: FULL_SERVICE }), volumes: { data: { sizeMiB: null } } },
      SALT,
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc
        .constantFrom('{"__proto__":1}', "1e400", "-1", "[]", "{}", "null", '"\\udead"', '"x"')
        .map((text) => JSON.parse(text) as unknown),
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(document)), value, (path, replacement) => {
        const hostile = JSON.stringify(sorted(replaced(document, path, replacement)));
        try {
          expect(canonicalManifestText(parseManifestDocument(hostile))).to.equal(hostile);
        } catch (error) {
          expect(error).to.be.instanceOf(ManifestError);
          refused += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(refused).to.be.above(250);
  }).timeout(20_000);
});

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, item]) => pathsOf(item).map((path) => [key, ...path]))];
}

function replaced(value: unknown, [first, ...rest]: readonly string[], replacement: unknown): unknown {
  if (first === undefined) return replacement;
  const entries = Object.entries(value as object);
  const changes = entries.map(
    ([key, item]) => [key, key === first ? replaced(item, rest, replacement) : item] as const,
  );
  return Array.isArray(value) ? changes.map(([, item]): unknown => item) : Object.fromEntries(changes);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

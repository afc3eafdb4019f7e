// SPDX-License-Identifier: Apache-2.0
import {
  BerthError,
  InvariantError,
  ManifestError,
  parseCompose,
  parseManifestDocument,
  type Manifest,
} from "@berth/sdk";
import { expect } from "chai";
import fc from "fast-check";
import { expectAllowed } from "./allowed-config.ts";
import { CORPUS } from "./corpus.ts";
import { LEGAL_DOCUMENT } from "./documents.ts";
import { composeOf, ENVIRONMENT, type Door } from "./hostile-case.ts";

/** What came of the tries: neither may be none, or a property has said nothing. */
export interface Outcomes {
  readonly accepted: number;
  readonly refused: number;
}

const LONGEST_PIECE = 400;
const RICH = composeOf(
  [
    'command: ["sh", "-c", "exec app"]',
    "environment: {A: '${HOME}', B: text}",
    'ports: ["80", {target: 53, protocol: udp}]',
    'volumes: ["data:/data:ro"]',
    'tmpfs: ["/x:size=8m"]',
    'healthcheck: {test: ["CMD", "x"], interval: 30s}',
    "deploy: {resources: {limits: {cpus: '0.5', memory: 64M, pids: 64}}}",
    'user: "1000:1000"',
    "restart: on-failure:3",
    "depends_on: [side]",
    "labels: {a: b}",
  ].join("\n"),
);
const LINES = RICH.split("\n");
/** Lines of the corpus that are no legal line: what a mutation puts in. */
const POISONS = CORPUS.filter(({ door }) => door === "compose").flatMap(({ text }) =>
  text.length > LONGEST_PIECE ? [] : text.split("\n").filter((line) => line !== "" && !LINES.includes(line)),
);
const SIGNS = [
  ..." :,{}[]&*#?|-<>=!%@`'\"\\/.$~0123456789abz\n\r\t\0\u2028\u200b\u202e\ufeff\u00e9",
  "\ud800",
];

const place = fc.nat({ max: RICH.length });
const line = fc.nat({ max: LINES.length - 1 });
const mutation: fc.Arbitrary<(text: string) => string> = fc.oneof(
  fc.record({ at: place, sign: fc.constantFrom(...SIGNS) }).map(({ at, sign }) => inserted(at, sign)),
  fc.record({ at: place, length: fc.integer({ min: 1, max: 12 }) }).map(({ at, length }) => cut(at, length)),
  fc
    .record({ at: line, poison: fc.constantFrom(...POISONS) })
    .map(({ at, poison }) => lineInserted(at, poison)),
  fc.record({ at: line, from: line }).map(({ at, from }) => lineInserted(at, LINES[from] ?? "")),
  fc
    .record({ at: place, text: fc.string({ unit: "binary", maxLength: 8 }) })
    .map(({ at, text }) => inserted(at, text)),
);

/** Legal files with a few changes. */
export function tryChangedFiles(numRuns: number): Outcomes {
  const texts = fc
    .array(mutation, { maxLength: 3 })
    .map((mutations) => mutations.reduce((text, mutate) => mutate(text), RICH));
  return tried(numRuns, texts, "compose");
}

/** Legal documents with other values in some places, in their one spelling. */
export function tryChangedDocuments(numRuns: number): Outcomes {
  const changed = fc
    .array(fc.record({ at: fc.nat(), value: fc.oneof(hostileValue, fc.jsonValue({ maxDepth: 2 })) }), {
      maxLength: 2,
    })
    .map((changes) =>
      changes.reduce((document, { at, value }) => replaced(document, at, value), LEGAL_DOCUMENT),
    );
  return tried(numRuns, changed, "document");
}

/** Bytes, as text of UTF-8 where they are any and with the mark of a missing character where not, through both doors. */
export function tryBytes(numRuns: number): void {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(bytes, fc.boolean(), (raw, isWide) => {
      const text = isWide ? new TextDecoder().decode(raw) : String.fromCharCode(...raw);
      expect(manifestOf("compose", text)).to.equal(null);
      expect(manifestOf("document", text)).to.equal(null);
    }),
    { numRuns },
  );
}

const hostileValue = fc.constantFrom<unknown>(
  ...[
    "/",
    "../..",
    "/var/run/docker.sock",
    "root",
    "0",
    "host",
    "__proto__",
    "\0",
    "\ud800",
    "x",
    "side",
    "data",
  ],
  ...[-1, 0, 1, 22, 1e308, 0.5, 64, 1000, true, false, null],
  ...[[], {}, ["sh"], { on: "always" }, { A: "b" }],
);

function tried(numRuns: number, texts: fc.Arbitrary<string>, door: Door): Outcomes {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const manifest = manifestOf(door, text);
      if (manifest === null || !isBuilt(manifest)) refused += 1;
      else accepted += 1;
    }),
    { numRuns },
  );
  return { accepted, refused };
}

/** Null where it was refused; whatever is thrown besides our refusal fails the property. */
function manifestOf(door: Door, text: string): Manifest | null {
  try {
    if (door === "document") return parseManifestDocument(text).manifest;
    return parseCompose(text, { environment: ENVIRONMENT });
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    expect(error.refusals).to.have.length.above(0);
    return null;
  }
}

/** Whether the daemon would build it, and then within bounds; a defect that its last gate stopped is none of its refusals. */
function isBuilt(manifest: Manifest): boolean {
  try {
    expectAllowed(manifest);
    return true;
  } catch (error) {
    if (error instanceof BerthError && !(error instanceof InvariantError)) return false;
    throw error;
  }
}

function inserted(at: number, text: string): (file: string) => string {
  return (file) => file.slice(0, at) + text + file.slice(at);
}

function cut(at: number, length: number): (file: string) => string {
  return (file) => file.slice(0, at) + file.slice(at + length);
}

function lineInserted(at: number, text: string): (file: string) => string {
  return (file) => file.split("\n").toSpliced(at, 0, text).join("\n");
}

/** The document with its n-th value, counted over all of them, replaced. */
function replaced(document: string, at: number, value: unknown): string {
  const places = document.match(PLACE)?.length ?? 1;
  let index = -1;
  return document.replace(PLACE, (found) => {
    index += 1;
    return index === at % places ? found.replace(/(?<=:).*$/s, () => JSON.stringify(value) ?? "null") : found;
  });
}

const PLACE = /"[^"\\]*":(?:"(?:\\.|[^"\\])*"|-?\d+|true|false|null|\[[^[\]{}]*\]|\{[^{}]*\})/gs;

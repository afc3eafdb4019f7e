// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import fc from "fast-check";
import { ManifestError } from "../errors.ts";
import { refusalsOf } from "../manifest.fixture.ts";
import { MAX_MANIFEST_BYTES } from "../types.ts";
import { isList, isMapping, type ComposeNode, type Content } from "./node.ts";
import { parseCompose } from "./parse-compose.ts";
import { readYaml } from "./yaml-tree.ts";

function plain({ content }: ComposeNode): unknown {
  if (isMapping(content)) return Object.fromEntries([...content].map(([key, node]) => [key, plain(node)]));
  return isList(content) ? content.map(plain) : scalar(content);
}

function scalar(content: Content): unknown {
  return typeof content === "object" && content !== null && "text" in content ? content.text : content;
}

function read(text: string): unknown {
  const node = readYaml(text, {});
  expect(node.reading.refusals).to.deep.equal([]);
  return plain(node);
}

function reasonsOf(text: string): readonly string[] {
  return readYaml(text, {}).reading.refusals.map(({ path, at, reason }) => `${path} ${at ?? ""} ${reason}`);
}

describe("readYaml", () => {
  it("reads words that older YAML took for truth values as texts", () => {
    expect(read("[no, yes, on, off, true, ~, 0o17, 1.10, 22:22]")).to.deep.equal([
      "no",
      "yes",
      "on",
      "off",
      true,
      null,
      "0o17",
      "1.10",
      "22:22",
    ]);
  });

  it("follows anchors, and merges maps below what is written beside them", () => {
    const text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], z: 3}\nd: {z: 4, <<: *b}\ne: *a";
    expect(read(text)).to.deep.include({
      c: { x: "1", y: "1", z: "3" },
      d: { y: "2", z: "4" },
      e: { x: "1", y: "1" },
    });
  });

  it("lets an alias stand for the last anchor before it", () => {
    expect(read("a: &x 1\nb: *x\nc: &x 2\nd: *x")).to.deep.equal({ a: "1", b: "1", c: "2", d: "2" });
  });

  it("gives every value its line and column", () => {
    const node = readYaml("a: 1\nb:\n  - c\n  - d: 1\n", {});
    const list = isMapping(node.content) ? node.content.get("b") : undefined;
    const second = list !== undefined && isList(list.content) ? list.content[1] : undefined;
    const inner = second !== undefined && isMapping(second.content) ? second.content.get("d") : undefined;
    expect([list?.at, second?.at, inner?.at]).to.deep.equal(["2:1", "4:5", "4:5"]);
  });

  it("refuses what is wrong at one place, and says where", () => {
    expect(reasonsOf("a: 1\nb: 2\na: 3")).to.deep.equal(["a 3:1 is written twice"]);
    expect(reasonsOf("a: !!str 1")).to.deep.equal(['a 1:1 has the YAML tag "tag:yaml.org,2002:str"']);
    expect(reasonsOf("a: !reset {}")).to.deep.equal(['a 1:1 has the YAML tag "!reset"']);
    expect(reasonsOf("a: ! x")).to.deep.equal(['a 1:1 has the YAML tag "!"']);
    expect(reasonsOf("a: !!set {x, y}")).to.deep.equal(['a 1:1 has the YAML tag "tag:yaml.org,2002:set"']);
    expect(reasonsOf("a: *x")).to.deep.equal([
      "a 1:1 is an alias, and no anchor of its name stands before it",
    ]);
    expect(reasonsOf("a: *x\nb: &x 1")).to.have.length(1);
    expect(reasonsOf("a: {<<: 1}")).to.deep.equal(["a 1:1 << merges what is no map"]);
    expect(reasonsOf("a: {<<: }")).to.deep.equal(["a 1:1 << merges what is no map"]);
    expect(reasonsOf("a: ${X}")).to.deep.equal(["a 1:1 the variable X has no value"]);
  });

  const UNREADABLE: Readonly<Record<string, RegExp>> = {
    "a: [1": /1:6 is not YAML/,
    "a: b: c": /1:4 is not YAML/,
    "a: 1\n b: 2": /is not YAML/,
    "\ta: 1": /is not YAML/,
    "a: @x": /is not YAML/,
    "[a]: 1": /is not YAML/,
    "!!int 1: 1": /is not YAML/,
    "a: 1\n---\nb: 1": /several YAML documents/,
    "%YAML 1.1\n---\na: yes": /asks for YAML 1.1/,
  };
  for (const [text, reason] of Object.entries(UNREADABLE)) {
    it(`refuses ${JSON.stringify(text)} as a whole`, () => {
      const refusals = refusalsOf(() => readYaml(text, {}));
      expect(refusals[0]?.code).to.equal("E_MANIFEST_SYNTAX");
      expect(`${refusals[0]?.at ?? ""} ${refusals[0]?.reason ?? ""}`).to.match(reason);
    });
  }

  const levels = (count: number, line: (level: number) => string) =>
    Array.from({ length: count }, (_, level) => line(level + 1)).join("\n");
  const aliases = (level: number) => Array.from({ length: 20 }, () => `*a${level - 1}`).join(", ");
  const BOMBS: Readonly<Record<string, string>> = {
    "aliases of aliases": `a0: &a0 [x, x]\n${levels(10, (level) => `a${level}: &a${level} [${aliases(level)}]`)}`,
    "merges of merges": `a0: &a0 {k: 1}\n${levels(10, (level) => `a${level}: &a${level} {<<: [${aliases(level)}]}`)}`,
    "a list in itself": "a: &a [*a]",
    "a map in itself": "a: &a {b: *a}",
    "a map merged into itself": "a: &a {<<: *a}",
    "deep lists": "[".repeat(60_000),
    "deep closed lists": "[".repeat(30_000) + "]".repeat(30_000),
    "deep maps": "{a: ".repeat(15_000),
    "deep dashes": "- ".repeat(30_000),
    "deep dashes that end at once": `${"- ".repeat(30_000)}\na: 1`,
    "deep complex keys": `${"? ".repeat(30_000)}\na: 1`,
    "deep indents": levels(300, (level) => `${" ".repeat(level)}a:`),
    "more values than any manifest has": `a: [${"1,".repeat(30_000)}]`,
  };
  for (const [name, text] of Object.entries(BOMBS)) {
    it(`stops at its bounds of depth and number: ${name}`, () => {
      expect(text.length).to.be.below(MAX_MANIFEST_BYTES);
      const refusals = refusalsOf(() => readYaml(text, {}));
      expect(refusals.map((refusal) => refusal.code)).to.deep.equal(["E_MANIFEST_TOO_COMPLEX"]);
    }).timeout(20_000);
  }

  it("throws nothing but ManifestError, whatever the text", () => {
    const piece = fc.constantFrom(
      ..."abc:-?[]{},&*!|>'\"%@`#$\n \t<~=1.x",
      "<<",
      "&a ",
      "*a",
      "---\n",
      "${A}",
      "name: x\n",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join("")),
    );
    let refused = 0;
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseCompose(text, { environment: { A: "1" } });
        } catch (error) {
          expect(error).to.be.instanceOf(ManifestError);
          refused += 1;
        }
      }),
      { numRuns: 1000 },
    );
    expect(refused).to.be.above(0);
  }).timeout(20_000);
});

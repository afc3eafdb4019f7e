// SPDX-License-Identifier: Apache-2.0
import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Alias, Node, Pair, Scalar, YAMLMap } from "yaml";
import { ManifestError } from "../errors.ts";
import { show, showPath, type Path } from "../path.ts";
import { createInterpolate, type Interpolate } from "./interpolate.ts";
import { refuse, type ComposeNode, type Content, type Reading } from "./node.ts";
import { parseYamlDocument, type YamlDocument } from "./yaml-document.ts";

/** Deepest accepted nesting; the deepest accepted key, `services.web.deploy.resources.limits.cpus`, has 6. */
const MAX_DEPTH = 12;
/** Most values of a file once aliases and merges are followed: what an alias bomb runs into. */
const MAX_VALUES = 20_000;

/**
 * Reads YAML 1.2 (core schema, one document, no tags; `<<` merges) into nodes with variables put in. What cannot be read
 * at all is thrown as a ManifestError; what is wrong in one place only is left in the reading of the returned node.
 */
export function readYaml(text: string, environment: Readonly<Record<string, string>>): ComposeNode {
  const document = parseYamlDocument(text);
  return new TreeReader(document, environment).nodeOf(document.contents, [], "1:1");
}

class TreeReader {
  readonly #document: YamlDocument;
  readonly #interpolate: Interpolate;
  readonly #reading: Reading;
  #values = 0;

  constructor(document: YamlDocument, environment: Readonly<Record<string, string>>) {
    this.#document = document;
    this.#interpolate = createInterpolate(environment);
    this.#reading = { environment, refusals: [], origins: new Map() };
  }

  nodeOf(value: Node | null, path: Path, at: string): ComposeNode {
    const place = { path, at, content: null, reading: this.#reading };
    this.#count(place, path.length);
    return value === null ? place : { ...place, content: this.#contentOf(value, place) };
  }

  #contentOf(value: Node, place: ComposeNode): Content {
    if (isAlias(value)) return this.#contentOfAlias(value, place);
    refuseTag(value, place);
    if (isMap<Scalar, Node | null>(value)) return this.#entriesOf(value, place, 0);
    if (isSeq<Node>(value)) {
      return value.items.map((item, index) =>
        this.nodeOf(item, [...place.path, index], this.#document.positionOf(item)),
      );
    }
    return isScalar(value) ? this.#contentOfScalar(value, place) : null;
  }

  #contentOfAlias(alias: Alias, place: ComposeNode): Content {
    const target = this.#target(alias, place);
    return target === null ? null : this.nodeOf(target, place.path, place.at).content;
  }

  #contentOfScalar({ value, source = "" }: Scalar, place: ComposeNode): Content {
    if (typeof value === "number") return { number: value, text: source };
    if (typeof value === "boolean") return value;
    if (typeof value !== "string") return null;
    return this.#interpolate(value, (problem) => refuse(place, problem, "E_MANIFEST_VARIABLE"));
  }

  #entriesOf(
    map: YAMLMap<Scalar, Node | null>,
    place: ComposeNode,
    merges: number,
  ): Map<string, ComposeNode> {
    const entries = new Map<string, ComposeNode>();
    for (const pair of map.items) {
      if (isMergeKey(pair.key)) continue;
      const [key, entry] = this.#entryOf(pair, place);
      if (entries.has(key))
        refuse(entry, { reason: "is written twice", fix: "keep one of the two" }, "E_MANIFEST_SYNTAX");
      entries.set(key, entry);
    }
    const sources = map.items.filter(({ key }) => isMergeKey(key)).map(({ value }) => value);
    for (const [key, entry] of sources.flatMap((source) => this.#spread(source, place, merges + 1))) {
      if (!entries.has(key)) entries.set(key, entry);
    }
    return entries;
  }

  #entryOf({ key, value }: Pair<Scalar, Node | null>, place: ComposeNode): readonly [string, ComposeNode] {
    const text = String(key.value);
    const entry = this.nodeOf(value, [...place.path, text], this.#document.positionOf(key));
    refuseTag(key, entry);
    return [text, entry];
  }

  #spread(
    source: Node | null,
    place: ComposeNode,
    merges: number,
  ): readonly (readonly [string, ComposeNode])[] {
    this.#count(place, merges);
    const target = isAlias(source) ? this.#target(source, place) : source;
    if (isMap<Scalar, Node | null>(target)) return [...this.#entriesOf(target, place, merges)];
    if (isSeq<Node>(target)) return target.items.flatMap((item) => this.#spread(item, place, merges + 1));
    refuse(
      place,
      { reason: "<< merges what is no map", fix: "merge the alias of a map" },
      "E_MANIFEST_SYNTAX",
    );
    return [];
  }

  #target(alias: Alias, place: ComposeNode): Node | null {
    const target = this.#document.targets.get(alias);
    if (target !== undefined) return target;
    const reason = "is an alias, and no anchor of its name stands before it";
    refuse(place, { reason, fix: "write the anchor first" }, "E_MANIFEST_SYNTAX");
    return null;
  }

  #count({ path, at }: ComposeNode, depth: number): void {
    this.#values += 1;
    const isDeep = depth > MAX_DEPTH;
    if (!isDeep && this.#values <= MAX_VALUES) return;
    const reason = isDeep
      ? `is nested deeper than ${MAX_DEPTH} levels`
      : `brings the file to more than ${MAX_VALUES} values`;
    const fix = isDeep ? "flatten it" : "use fewer aliases and entries";
    throw new ManifestError([{ code: "E_MANIFEST_TOO_COMPLEX", path: showPath(path), reason, fix, at }]);
  }
}

function isMergeKey(key: Scalar): boolean {
  return key.value === "<<" && key.type === "PLAIN";
}

function refuseTag(value: Node, place: ComposeNode): void {
  const { tag } = value;
  if (tag === undefined) return;
  refuse(
    place,
    { reason: `has the YAML tag ${show(tag)}`, fix: "remove the tag; quote the value if it is a text" },
    "E_MANIFEST_SYNTAX",
  );
}

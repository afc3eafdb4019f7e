// SPDX-License-Identifier: Apache-2.0
import type { Problem, Refusal, RefusalCode } from "../errors.ts";
import { show, showPath, type Path } from "../path.ts";
import { isAccepted, keyRefusal, type Scope } from "./keys.ts";

/** A value of the file with its place: aliases, merges and variables are resolved already. */
export interface ComposeNode {
  readonly path: Path;
  /** `line:column` in the file. */
  readonly at: string;
  readonly content: Content;
  readonly reading: Reading;
}

export type Content =
  null | boolean | string | NumberText | readonly ComposeNode[] | ReadonlyMap<string, ComposeNode>;

/** A number that keeps how it is written, because `1.10` is not always 1.1. */
export interface NumberText {
  readonly number: number;
  readonly text: string;
}

/** The reading of one file: what it may take in, and where it leaves what it finds. */
export interface Reading {
  /** Values for variables and for environment entries that name none. */
  readonly environment: Readonly<Record<string, string>>;
  readonly refusals: Refusal[];
  /** The node that an object of the manifest was made of. */
  readonly origins: Map<object, ComposeNode>;
}

/** The entries of a map whose keys are known to the Compose Specification; refuses every key that is not accepted. */
export function fieldsOf(node: ComposeNode, scope: Scope): ReadonlyMap<string, ComposeNode> {
  const entries = [...entriesOf(node)];
  for (const [key, entry] of entries) {
    const refusal = keyRefusal(scope, key);
    if (refusal !== null) refuse(entry, refusal, refusal.code);
  }
  return new Map(entries.filter(([key]) => isAccepted(scope, key)));
}

/** The entries of a map whose keys the tenant chooses. */
export function entriesOf(node: ComposeNode): ReadonlyMap<string, ComposeNode> {
  if (isMapping(node.content)) return node.content;
  refuse(node, { reason: `must be a map, and is ${kindOf(node)}`, fix: "write keys and values below it" });
  return new Map();
}

export function itemsOf(node: ComposeNode): readonly ComposeNode[] {
  if (isList(node.content)) return node.content;
  refuse(node, {
    reason: `must be a list, and is ${kindOf(node)}`,
    fix: "write one `- item` a line, or [item, item]",
  });
  return [];
}

/** A string, or a number that reads back as it is written; null when refused. */
export function textOf(node: ComposeNode): string | null {
  const { content } = node;
  if (typeof content === "string") return content;
  if (!isNumber(content)) {
    refuse(node, { reason: `must be a text, and is ${kindOf(node)}`, fix: "write a text in quotes" });
    return null;
  }
  if (String(content.number) === content.text) return content.text;
  const reason = "is a number that reads back as another text";
  refuse(node, { reason, fix: "write it in quotes, if you mean it as written" });
  return null;
}

/** A string or a number, exactly as written; for values that are parsed as decimals next. Null when refused. */
export function writtenOf(node: ComposeNode): string | null {
  return isNumber(node.content) ? node.content.text : textOf(node);
}

/** A whole number, or a string of digits, which is what a variable gives; null when refused. */
export function integerOf(node: ComposeNode): number | null {
  const text = writtenOf(node);
  if (text === null) return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  refuse(node, { reason: `must be a whole number, and is ${show(text)}`, fix: "write digits alone" });
  return null;
}

/** True or false, or the words as a text, which is what a variable gives; null when refused. */
export function flagOf(node: ComposeNode): boolean | null {
  const { content } = node;
  if (content === true || content === "true") return true;
  if (content === false || content === "false") return false;
  refuse(node, { reason: "must be true or false", fix: "write true or false" });
  return null;
}

export function refuse(node: ComposeNode, problem: Problem, code: RefusalCode = "E_MANIFEST_VALUE"): void {
  const { reason, fix } = problem;
  node.reading.refusals.push({ code, path: showPath(node.path), reason, fix, at: node.at });
}

/** What `read` makes of the entry, or the fallback where there is no entry or it was refused. */
export function readField<T, F>(
  fields: ReadonlyMap<string, ComposeNode>,
  key: string,
  read: (node: ComposeNode) => T | null,
  fallback: F,
): T | F {
  const node = fields.get(key);
  return node === undefined ? fallback : (read(node) ?? fallback);
}

/** What `read` makes of each item, with its origin; refused items are left out. */
export function readItems<T extends object>(
  node: ComposeNode,
  read: (item: ComposeNode) => T | null,
): readonly T[] {
  return itemsOf(node).flatMap((item) => {
    const made = read(item);
    if (made === null) return [];
    item.reading.origins.set(made, item);
    return [made];
  });
}

export function isMapping(content: Content): content is ReadonlyMap<string, ComposeNode> {
  return content instanceof Map;
}

export function isList(content: Content): content is readonly ComposeNode[] {
  return Array.isArray(content);
}

function isNumber(content: Content): content is NumberText {
  return typeof content === "object" && content !== null && "number" in content;
}

function kindOf({ content }: ComposeNode): string {
  if (content === null) return "empty";
  if (isList(content)) return "a list";
  if (isMapping(content)) return "a map";
  return typeof content === "string" ? "a text" : typeof content === "boolean" ? "true or false" : "a number";
}

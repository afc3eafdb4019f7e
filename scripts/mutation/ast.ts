// SPDX-License-Identifier: Apache-2.0
import type { Span } from "./source-text.ts";

/** A node of the compiler's syntax tree. */
export interface AstNode {
  readonly id: number;
  readonly nodeType: string;
  readonly src: string;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

/** The node under a key, if one is there. */
export function child(node: AstNode, key: string): AstNode | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

/** The nodes of a list under a key; gaps are left out. */
export function children(node: AstNode, key: string): readonly AstNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** Every node directly below one, in the order of the tree. */
export function below(node: AstNode): readonly AstNode[] {
  return Object.values(node).flatMap((value): readonly AstNode[] => {
    if (isNode(value)) return [value];
    return Array.isArray(value) ? value.filter(isNode) : [];
  });
}

/** The node and every node under it, a parent before its children. */
export function* walk(
  node: AstNode,
  ancestors: readonly AstNode[] = [],
): Generator<{ node: AstNode; ancestors: readonly AstNode[] }> {
  yield { node, ancestors };
  const path = [...ancestors, node];
  for (const next of below(node)) yield* walk(next, path);
}

/** Where a node stands in its file. */
export function spanOf({ src }: AstNode): Span {
  const [start = 0, length = 0] = src.split(":").map(Number);
  return { start, length };
}

/** A word of a node: its name, its operator. */
export function word(node: AstNode | undefined, key: string): string {
  const value = node?.[key];
  return typeof value === "string" ? value : "";
}

/** The type of an expression or a variable without its place of storage. */
export function typeOf(node: AstNode | undefined): string {
  const descriptions = node?.["typeDescriptions"];
  const isObject = typeof descriptions === "object" && descriptions !== null;
  const type: unknown = isObject ? Reflect.get(descriptions, "typeString") : undefined;
  return typeof type === "string" ? type.replace(/ (storage|memory|calldata)( ref| pointer)?$/, "") : "";
}

/** True for whole numbers without a sign, literals included. */
export function isUnsigned(node: AstNode | undefined): boolean {
  return /^(uint\d+|int_const .*)$/.test(typeOf(node));
}

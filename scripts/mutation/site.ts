// SPDX-License-Identifier: Apache-2.0
import { type AstNode, child, children, spanOf, typeOf, walk, word } from "./ast.ts";
import type { SourceText, Span } from "./source-text.ts";

/** A place in a file where an operator may act. */
export interface Site {
  readonly node: AstNode;
  /** From the root of the file down to the parent. */
  readonly ancestors: readonly AstNode[];
  readonly source: SourceText;
}

/** Other words for a place. */
export interface Replacement {
  readonly span: Span;
  readonly words: string;
}

/** One way to make a mistake: what it does to a place, usually nothing. */
export interface Operator {
  readonly name: string;
  readonly mutate: (site: Site) => readonly Replacement[];
}

/** The words of a node. */
export function textOf(site: Site, node: AstNode): string {
  return site.source.at(spanOf(node));
}

/** Other words in place of a whole node. */
export function instead(node: AstNode, words: string): Replacement {
  return { span: spanOf(node), words };
}

/** The node above the site. */
export function parentOf(site: Site): AstNode | undefined {
  return site.ancestors.at(-1);
}

/** The function or modifier around a place. */
export function callableOf(ancestors: readonly AstNode[]): AstNode | undefined {
  return ancestors.findLast(({ nodeType }) => /^(Function|Modifier)Definition$/.test(nodeType));
}

/** Variables that a function knows at a place: parameters, named answers and what was declared before. */
export function variablesBefore(site: Site): readonly AstNode[] {
  const callable = callableOf(site.ancestors);
  if (callable === undefined) return [];
  const { start } = spanOf(site.node);
  return Array.from(walk(callable), ({ node }) => node).filter(
    (node) =>
      node.nodeType === "VariableDeclaration" && word(node, "name") !== "" && spanOf(node).start < start,
  );
}

/** Names of the variables of the same type as an expression, that are known where it stands. */
export function namesakesOf(site: Site, type: string = typeOf(site.node)): readonly string[] {
  const names = variablesBefore(site)
    .filter((variable) => typeOf(variable) === type)
    .map((variable) => word(variable, "name"));
  return [...new Set(names)];
}

/** True where a value is written and not read: the left side of an assignment, what is counted up or deleted. */
export function isWritten({ node, ancestors }: Site): boolean {
  let inner = node;
  for (const outer of ancestors.toReversed()) {
    if (outer.nodeType === "Assignment") return child(outer, "leftHandSide") === inner;
    if (outer.nodeType === "UnaryOperation") return /^(\+\+|--|delete)$/.test(word(outer, "operator"));
    const isSpine = child(outer, "expression") === inner || child(outer, "baseExpression") === inner;
    if (outer.nodeType !== "TupleExpression" && !(isSpine && /Access$/.test(outer.nodeType))) return false;
    inner = outer;
  }
  return false;
}

/** A statement with the semicolon behind it. */
export function statementSpan(source: SourceText, statement: AstNode): Span {
  const { start, length } = spanOf(statement);
  const hasSemicolon = source.at({ start: start + length, length: 1 }) === ";";
  return { start, length: hasSemicolon ? length + 1 : length };
}

/** True for the name of a function that is called. */
export function isCallee(site: Site): boolean {
  const parent = parentOf(site);
  return parent?.nodeType === "FunctionCall" && child(parent, "expression") === site.node;
}

/** The function that a call names: `require`, `_pay`, the last word of `Math.min`. */
export function calleeName(call: AstNode | undefined): string {
  const expression = call === undefined ? undefined : child(call, "expression");
  return word(expression, "memberName") || word(expression, "name");
}

/** True inside what a refusal says about itself: the second argument of `require`. */
export function isRefusalDetail({ node, ancestors }: Site): boolean {
  const path = [...ancestors, node];
  return path.some((above, index) => {
    const isRequire = above.nodeType === "FunctionCall" && calleeName(above) === "require";
    return isRequire && children(above, "arguments")[1] === path[index + 1] && path[index + 1] !== undefined;
  });
}

/** True inside an event: what is said, not what is done. */
export function isSaid({ node, ancestors }: Site): boolean {
  return [...ancestors, node].some(({ nodeType }) => nodeType === "EmitStatement");
}

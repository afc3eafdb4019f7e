// SPDX-License-Identifier: Apache-2.0
import { type AstNode, child, spanOf, word } from "../ast.ts";
import { between } from "../source-text.ts";
import { instead, type Operator, type Replacement, type Site, textOf } from "../site.ts";

const RELATIONS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
};

const CONNECTIVES: Readonly<Record<string, readonly string[]>> = { "&&": ["||"], "||": ["&&"] };

/** The two sides with another operator between them. */
export function rejoined(
  site: Site,
  sides: readonly [string, string],
  words: string,
): readonly Replacement[] {
  const [left, right] = sides.map((key) => child(site.node, key));
  if (left === undefined || right === undefined) return [];
  const gap = between(spanOf(left), spanOf(right));
  const middle = site.source.at(gap).replace(word(site.node, "operator"), words);
  return [instead(site.node, textOf(site, left) + middle + textOf(site, right))];
}

function swapped(site: Site, table: Readonly<Record<string, readonly string[]>>): readonly Replacement[] {
  if (site.node.nodeType !== "BinaryOperation") return [];
  const others = table[word(site.node, "operator")] ?? [];
  return others.flatMap((other) => rejoined(site, ["leftExpression", "rightExpression"], other));
}

function conditionOf(node: AstNode): AstNode | undefined {
  return /^(IfStatement|Conditional)$/.test(node.nodeType) ? child(node, "condition") : undefined;
}

/** `<` for `<=`, and the opposite. */
export const relation: Operator = { name: "relation", mutate: (site) => swapped(site, RELATIONS) };

/** `and` for `or`; a negation forgotten. */
export const connective: Operator = {
  name: "connective",
  mutate: (site) => {
    const { node } = site;
    const operand = child(node, "subExpression");
    if (node.nodeType === "UnaryOperation" && word(node, "operator") === "!" && operand !== undefined) {
      return [instead(node, textOf(site, operand))];
    }
    return swapped(site, CONNECTIVES);
  },
};

/** A branch that is always taken, or never. */
export const branch: Operator = {
  name: "branch",
  mutate: ({ node }) => {
    const condition = conditionOf(node);
    return condition === undefined ? [] : [instead(condition, "true"), instead(condition, "false")];
  },
};

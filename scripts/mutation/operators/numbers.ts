// SPDX-License-Identifier: Apache-2.0
import { type AstNode, child, children, isUnsigned, word } from "../ast.ts";
import {
  calleeName,
  instead,
  isWritten,
  type Operator,
  parentOf,
  type Replacement,
  type Site,
  textOf,
} from "../site.ts";
import { rejoined } from "./conditions.ts";

const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "/",
  "<<": ">>",
  ">>": "<<",
  "|": "&",
  "&": "|",
  "+=": "-=",
  "-=": "+=",
  "|=": "&=",
};

const EXTREMES: Readonly<Record<string, string>> = { min: "max", max: "min" };

const SECONDS = /(period|window|elapsed)$/i;

/** The opposite of an arithmetic operator. */
export const arithmetic: Operator = {
  name: "arithmetic",
  mutate: (site) => {
    const other = ARITHMETIC[word(site.node, "operator")];
    if (other === undefined) return [];
    if (site.node.nodeType === "Assignment") return rejoined(site, ["leftHandSide", "rightHandSide"], other);
    return site.node.nodeType === "BinaryOperation"
      ? rejoined(site, ["leftExpression", "rightExpression"], other)
      : [];
  },
};

/** One more or one less than a written number. */
export const literal: Operator = {
  name: "literal",
  mutate: (site) => {
    const { node } = site;
    if (node.nodeType !== "Literal" || word(node, "kind") !== "number") return [];
    const words = textOf(site, node);
    const more = instead(node, `(${words} + 1)`);
    return Number(word(node, "value")) > 0 ? [more, instead(node, `(${words} - 1)`)] : [more];
  },
};

/** One more or one less than what is kept or answered. */
export const offByOne: Operator = {
  name: "off-by-one",
  mutate: (site) => {
    const value = keptValue(site.node);
    if (value === undefined || value.nodeType === "Literal" || !isUnsigned(value)) return [];
    const words = textOf(site, value);
    return [instead(value, `(${words}) + 1`), instead(value, `(${words}) - 1`)];
  },
};

function keptValue(node: AstNode): AstNode | undefined {
  if (node.nodeType === "Assignment" && word(node, "operator") === "=") return child(node, "rightHandSide");
  if (node.nodeType === "Return") return child(node, "expression");
  return node.nodeType === "VariableDeclarationStatement" ? child(node, "initialValue") : undefined;
}

/** The larger for the smaller. */
export const extreme: Operator = {
  name: "min-max",
  mutate: (site) => {
    const other = EXTREMES[calleeName(site.node)];
    if (site.node.nodeType !== "FunctionCall" || other === undefined) return [];
    return [instead(site.node, textOf(site, site.node).replace(/\b(min|max)\(/, `${other}(`))];
  },
};

/** Rounded the other way. */
export const rounding: Operator = {
  name: "rounding",
  mutate: (site) => {
    const { node } = site;
    if (node.nodeType === "FunctionCall" && calleeName(node) === "ceilDiv") {
      return sides(site, children(node, "arguments"), (a, b) => `((${a}) / (${b}))`);
    }
    if (node.nodeType !== "BinaryOperation" || word(node, "operator") !== "/") return [];
    const operands = [child(node, "leftExpression"), child(node, "rightExpression")].filter(
      (x) => x !== undefined,
    );
    return sides(site, operands, (a, b) => `(((${a}) + (${b}) - 1) / (${b}))`);
  },
};

function sides(
  site: Site,
  operands: readonly AstNode[],
  join: (a: string, b: string) => string,
): readonly Replacement[] {
  const [a, b] = operands.map((operand) => textOf(site, operand));
  return a === undefined || b === undefined ? [] : [instead(site.node, join(a, b))];
}

/** A duration sixty times as long. */
export const sixtyfold: Operator = {
  name: "sixtyfold",
  mutate: (site) => {
    const { node } = site;
    const isDuration =
      word(node, "subdenomination") !== "" ||
      (/^(Identifier|MemberAccess)$/.test(node.nodeType) &&
        SECONDS.test(word(node, "memberName") || word(node, "name")) &&
        isUnsigned(node) &&
        !isWritten(site) &&
        parentOf(site)?.nodeType !== "VariableDeclarationStatement");
    return isDuration ? [instead(node, `(uint256(${textOf(site, node)}) * 60)`)] : [];
  },
};

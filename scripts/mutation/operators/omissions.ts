// SPDX-License-Identifier: Apache-2.0
import { type AstNode, child } from "../ast.ts";
import {
  calleeName,
  instead,
  type Operator,
  parentOf,
  type Replacement,
  type Site,
  statementSpan,
} from "../site.ts";

function omitted({ node, source }: Site): readonly Replacement[] {
  return [{ span: statementSpan(source, node), words: "{}" }];
}

function expressionOf(node: AstNode): AstNode | undefined {
  return node.nodeType === "ExpressionStatement" ? child(node, "expression") : undefined;
}

function calls(site: Site): string | undefined {
  const expression = expressionOf(site.node);
  return expression?.nodeType === "FunctionCall" ? calleeName(expression) : undefined;
}

/** A check that is not made. */
export const noCheck: Operator = {
  name: "no-check",
  mutate: (site) => (calls(site) === "require" ? omitted(site) : []),
};

/** A call that is not made. */
export const noCall: Operator = {
  name: "no-call",
  mutate: (site) => {
    const callee = calls(site);
    return callee === undefined || callee === "require" ? [] : omitted(site);
  },
};

/** A value that is not written. */
export const noAssignment: Operator = {
  name: "no-assignment",
  mutate: (site) => {
    const writes = /^(Assignment|UnaryOperation)$/.test(expressionOf(site.node)?.nodeType ?? "");
    return writes && parentOf(site)?.nodeType !== "ForStatement" ? omitted(site) : [];
  },
};

/** An event that is not told. */
export const noEvent: Operator = {
  name: "no-event",
  mutate: (site) => (site.node.nodeType === "EmitStatement" ? omitted(site) : []),
};

/** A modifier that a function does not have. */
export const noModifier: Operator = {
  name: "no-modifier",
  mutate: ({ node }) =>
    node.nodeType === "ModifierInvocation" && node["kind"] === "modifierInvocation"
      ? [instead(node, "")]
      : [],
};

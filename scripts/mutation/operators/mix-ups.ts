// SPDX-License-Identifier: Apache-2.0
import { type AstNode, child, children, isUnsigned, spanOf, typeOf, walk, word } from "../ast.ts";
import { between } from "../source-text.ts";
import {
  calleeName,
  instead,
  isCallee,
  isWritten,
  namesakesOf,
  type Operator,
  parentOf,
  type Replacement,
  type Site,
  statementSpan,
  textOf,
} from "../site.ts";

/** Names that are easily taken for each other. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["paid", "deposited"],
  ["due", "refund"],
  ["staked", "locked"],
  ["balance", "remainder"],
  ["minPeriod", "startPeriod"],
  ["startBy", "closedAt"],
  ["taken", "capacity"],
  ["award", "bond"],
  ["amount", "bond"],
  ["tenant", "provider"],
  ["operator", "arbitrator"],
];

/** Functions that move tokens. */
const INTERACTIONS = /^(_pull|_push|_withdraw|safeTransfer|safeTransferFrom|permit)$/;

function partners(name: string): readonly string[] {
  return PAIRS.flatMap(([a, b]) => (a === name ? [b] : b === name ? [a] : []));
}

/** The caller taken for somebody whom the function names. */
export const caller: Operator = {
  name: "caller",
  mutate: (site) => {
    const { node } = site;
    const isCaller = node.nodeType === "MemberAccess" && textOf(site, node) === "msg.sender";
    const others = isCaller ? namesakesOf(site, "address").filter((other) => other !== "token") : [];
    return others.map((other) => instead(node, other));
  },
};

/** A variable taken for another of its type; a field for its pair. */
export const name: Operator = {
  name: "name",
  mutate: (site) => {
    const { node } = site;
    if (isWritten(site) || isCallee(site)) return [];
    if (node.nodeType === "MemberAccess") return fieldSwaps(site);
    return node.nodeType === "Identifier" ? variableSwaps(site) : [];
  },
};

/** The pair where it is known, else the next variable of the type, so that each use is mixed up once. */
function variableSwaps(site: Site): readonly Replacement[] {
  const names = namesakesOf(site);
  const own = word(site.node, "name");
  const index = names.indexOf(own);
  const near = partners(own).find((partner) => names.includes(partner));
  const other = near ?? names[(index + 1) % names.length];
  return index === -1 || other === undefined || other === own ? [] : [instead(site.node, other)];
}

function fieldSwaps(site: Site): readonly Replacement[] {
  const base = child(site.node, "expression");
  if (base === undefined || !typeOf(base).startsWith("struct")) return [];
  return partners(word(site.node, "memberName")).map((other) =>
    instead(site.node, `${textOf(site, base)}.${other}`),
  );
}

/** Two neighbouring arguments of one type in the wrong order. */
export const argumentOrder: Operator = {
  name: "argument-order",
  mutate: (site) => {
    const { node } = site;
    if (node.nodeType !== "FunctionCall" || (node["names"] as readonly string[]).length > 0) return [];
    if (/^(require|min|max)$/.test(calleeName(node))) return [];
    const list = children(node, "arguments");
    return list.flatMap((left, index) => {
      const right = list[index + 1];
      return right !== undefined && alike(left, right) ? [crossed(site, left, right)] : [];
    });
  },
};

function alike(left: AstNode, right: AstNode): boolean {
  return typeOf(left) === typeOf(right) || (isUnsigned(left) && isUnsigned(right));
}

function crossed(site: Site, left: AstNode, right: AstNode): Replacement {
  const gap = site.source.at(between(spanOf(left), spanOf(right)));
  const { start } = spanOf(left);
  const length = spanOf(right).start + spanOf(right).length - start;
  return { span: { start, length }, words: textOf(site, right) + gap + textOf(site, left) };
}

/** A movement of tokens one statement earlier or later. */
export const order: Operator = {
  name: "order",
  mutate: (site) => {
    if (!movesTokens(site.node) || parentOf(site)?.nodeType !== "Block") return [];
    const block = children(parentOf(site) as AstNode, "statements");
    const index = block.indexOf(site.node);
    const neighbours = [block.slice(index - 1, index + 1), block.slice(index, index + 2)];
    return neighbours.flatMap(([first, second]) =>
      first === undefined || second === undefined ? [] : [exchanged(site, first, second)],
    );
  },
};

function movesTokens(node: AstNode): boolean {
  if (!/^(ExpressionStatement|VariableDeclarationStatement)$/.test(node.nodeType)) return false;
  return Array.from(walk(node)).some(
    ({ node: inner }) => inner.nodeType === "FunctionCall" && INTERACTIONS.test(calleeName(inner)),
  );
}

function exchanged(site: Site, first: AstNode, second: AstNode): Replacement {
  const [one, two] = [statementSpan(site.source, first), statementSpan(site.source, second)];
  const span = { start: one.start, length: two.start + two.length - one.start };
  return { span, words: `${site.source.at(two)} ${site.source.at(one)}` };
}

// SPDX-License-Identifier: Apache-2.0
import { type AstNode, walk, word } from "./ast.ts";
import { callableOf } from "./site.ts";

/** Which external functions come by each function or modifier, by the id of its definition. */
export type Reach = ReadonlyMap<number, readonly string[]>;

/** Follows every reference from function to function backwards, through all files. */
export function reachOf(trees: Iterable<AstNode>): Reach {
  const definitions = new Map<number, AstNode>();
  const callers = new Map<number, Set<number>>();
  for (const tree of trees) {
    for (const { node, ancestors } of walk(tree)) {
      if (/^(Function|Modifier)Definition$/.test(node.nodeType)) definitions.set(node.id, node);
      const from = callableOf(ancestors)?.id;
      const to = node["referencedDeclaration"];
      if (from !== undefined && typeof to === "number")
        callers.set(to, (callers.get(to) ?? new Set()).add(from));
    }
  }
  const reach = [...definitions.keys()].map((id) => [id, entrances(id, definitions, callers)] as const);
  return new Map(reach);
}

function entrances(
  id: number,
  definitions: ReadonlyMap<number, AstNode>,
  callers: ReadonlyMap<number, ReadonlySet<number>>,
): readonly string[] {
  const seen = new Set([id]);
  for (const reached of seen) for (const next of callers.get(reached) ?? []) seen.add(next);
  const external = [...seen]
    .map((reached) => definitions.get(reached))
    .filter((node) => node !== undefined && /^(external|public)$/.test(word(node, "visibility")));
  return [...new Set(external.map((node) => word(node, "name")))].filter((name) => name !== "").sort();
}

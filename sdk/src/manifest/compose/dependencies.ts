// SPDX-License-Identifier: Apache-2.0
import { show } from "../path.ts";
import type { DependencyCondition } from "../types.ts";
import { entriesOf, fieldsOf, isList, isMapping, itemsOf, refuse, textOf, type ComposeNode } from "./node.ts";

const CONDITIONS: ReadonlyMap<string, DependencyCondition> = new Map([
  ["service_started", "started"],
  ["service_healthy", "healthy"],
  ["service_completed_successfully", "completed"],
]);

type Dependencies = Readonly<Record<string, DependencyCondition>>;

/** Services that must be there first, as a list (which waits for the start) or as a map with a condition each. */
export function readDependencies(node: ComposeNode): Dependencies {
  return isList(node.content) ? readNames(node) : readConditions(node);
}

function readNames(node: ComposeNode): Dependencies {
  const names = new Set<string>();
  for (const item of itemsOf(node)) {
    const name = textOf(item);
    if (name === null) continue;
    if (names.has(name)) refuse(item, { reason: "is written twice", fix: "keep one of the two" });
    names.add(name);
  }
  return Object.fromEntries([...names].map((name) => [name, "started"]));
}

function readConditions(node: ComposeNode): Dependencies {
  const entries = [...entriesOf(node)].map(([name, entry]) => [name, readCondition(entry)] as const);
  return Object.fromEntries(entries);
}

function readCondition(node: ComposeNode): DependencyCondition {
  const field = fieldsOf(node, "services.*.depends_on.*").get("condition");
  if (!isMapping(node.content)) return "started";
  const text = field === undefined ? "" : (textOf(field) ?? "");
  const condition = CONDITIONS.get(text);
  if (condition !== undefined) return condition;
  refuse(field ?? node, {
    reason: `${show(text)} is no condition`,
    fix: `write condition: ${[...CONDITIONS.keys()].join(", ")}`,
  });
  return "started";
}

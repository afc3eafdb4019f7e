// SPDX-License-Identifier: Apache-2.0
import { type AstNode, walk, word } from "./ast.ts";
import { isCritical } from "./critical.ts";
import { idOf, type Mutant } from "./mutant.ts";
import { OPERATORS } from "./operators/all.ts";
import { type Reach, reachOf } from "./reach.ts";
import { callableOf, isRefusalDetail, isSaid, type Replacement, type Site } from "./site.ts";
import { SourceText } from "./source-text.ts";

const MUTATED = /^contracts\/(?!mocks\/|interfaces\/)/;

/**
 * Every mutant of the contracts, mocks and interfaces left out, in the order of the files. What a refusal says about itself is
 * left alone: it changes nothing but the words of an error.
 */
export function populationOf(
  trees: ReadonlyMap<string, AstNode>,
  sources: Readonly<Record<string, string>>,
): readonly Mutant[] {
  const reach = reachOf(trees.values());
  return [...trees]
    .filter(([file]) => MUTATED.test(file))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, tree]) => mutantsOf(file, tree, new SourceText(sources[file] ?? ""), reach));
}

function mutantsOf(file: string, tree: AstNode, source: SourceText, reach: Reach): readonly Mutant[] {
  const ordinals = new Map<string, number>();
  const spots = new Set<string>();
  const mutants: Mutant[] = [];
  for (const site of sitesOf(tree, source)) {
    for (const { name, mutate } of OPERATORS) {
      for (const replacement of mutate(site)) {
        const spot = JSON.stringify(replacement);
        if (spots.has(spot)) continue;
        spots.add(spot);
        mutants.push(mutantOf(file, site, name, replacement, reach, ordinals));
      }
    }
  }
  return mutants;
}

function sitesOf(tree: AstNode, source: SourceText): readonly Site[] {
  const sites = Array.from(walk(tree), ({ node, ancestors }) => ({ node, ancestors, source }));
  return sites.filter((site) => !isRefusalDetail(site));
}

function mutantOf(
  file: string,
  site: Site,
  operator: string,
  { span, words }: Replacement,
  reach: Reach,
  ordinals: Map<string, number>,
): Mutant {
  const callable = callableOf(site.ancestors);
  const place = placeOf(site, callable);
  const original = site.source.at(span);
  const identity = { operator, file, place, original, replacement: words };
  const first = idOf(identity, 0);
  const ordinal = ordinals.get(first) ?? 0;
  ordinals.set(first, ordinal + 1);
  return {
    ...identity,
    id: ordinal === 0 ? first : idOf(identity, ordinal),
    span,
    line: site.source.lineAt(span.start),
    critical: isCritical(place, isSaid(site)),
    reachedFrom: callable === undefined ? [] : (reach.get(callable.id) ?? []),
  };
}

function placeOf(site: Site, callable: AstNode | undefined): string {
  if (callable !== undefined) return word(callable, "name") || word(callable, "kind");
  const variable = site.ancestors.findLast(({ nodeType }) => nodeType === "VariableDeclaration");
  return word(variable ?? site.node, "name") || "file";
}

// SPDX-License-Identifier: Apache-2.0
import { drawTrees, parseTrees, type TreeNode } from "./trees.ts";

/** A test as the runner knows it: the titles of the suites around it, from the outside in, then its own. */
export interface ListedTest {
  readonly titles: readonly string[];
  readonly skipped: boolean;
}

interface Leaf {
  /** The root, then the conditions, then the outcome without its `it`. */
  readonly lines: readonly string[];
}

const CONDITION = /^(given|when) \S/;
const OUTCOME = /^it \S/;
const EXTERNAL = /\bfunction\s+(\w+)\s*\([^)]*\)([^;{]*);/g;

/** What is wrong between a spec's tests and the tree beside it: every leaf is exactly one test, every test one leaf. */
export function treeProblems(text: string, tests: readonly ListedTest[]): readonly string[] {
  const trees = readTrees(text);
  if (typeof trees === "string") return [trees];
  const leaves = trees.flatMap((tree) => leavesOf(tree, []));
  return [
    ...(drawTrees(trees) === text ? [] : ["is not drawn as trees are drawn"]),
    ...trees.flatMap(shapeProblems),
    ...leaves
      .map((leaf) => ({ leaf, count: tests.filter((test) => isTestOf(leaf, test)).length }))
      .filter(({ count }) => count !== 1)
      .map(({ leaf, count }) => `${count} tests are the leaf: ${leaf.lines.join(" > ")}`),
    ...tests
      .map((test) => ({ test, count: leaves.filter((leaf) => isTestOf(leaf, test)).length }))
      .filter(({ count }) => count !== 1)
      .map(({ test, count }) => `${count} leaves are the test: ${test.titles.join(" > ")}`),
    ...tests.filter(({ skipped }) => skipped).map(({ titles }) => `is skipped: ${titles.join(" > ")}`),
  ];
}

/** The functions of an interface's source that change something: neither view nor pure. */
export function changingFunctions(source: string): readonly string[] {
  return Array.from(source.matchAll(EXTERNAL))
    .filter(([, , attributes = ""]) => !/\b(view|pure)\b/.test(attributes))
    .map(([, name = ""]) => name);
}

/** Functions that no tree is about: the first word of a root is the function that it tells of. */
export function functionsWithoutTree(
  functions: readonly string[],
  texts: readonly string[],
): readonly string[] {
  const trees = texts.map(readTrees).flatMap((read) => (typeof read === "string" ? [] : read));
  const told = new Set(trees.map(({ text }) => text.split(" ", 1)[0]));
  return functions.filter((name) => !told.has(name));
}

function readTrees(text: string): readonly TreeNode[] | string {
  try {
    return parseTrees(text);
  } catch (error) {
    return (error as Error).message;
  }
}

function shapeProblems(tree: TreeNode): readonly string[] {
  return tree.children.length === 0
    ? [`has no leaf: ${tree.text}`]
    : tree.children.flatMap((child) => childProblems(child));
}

function childProblems(node: TreeNode): readonly string[] {
  if (CONDITION.test(node.text)) return shapeProblems(node);
  if (!OUTCOME.test(node.text)) return [`begins with neither given, when nor it: ${node.text}`];
  return node.children.length === 0 ? [] : [`an outcome ends its branch: ${node.text}`];
}

function leavesOf(node: TreeNode, above: readonly string[]): readonly Leaf[] {
  if (OUTCOME.test(node.text) && above.length > 0) return [{ lines: [...above, node.text.slice(3)] }];
  return node.children.flatMap((child) => leavesOf(child, [...above, node.text]));
}

/** Root and outcome are the test's first and last title; a suite between them is one of the conditions, in their order. */
function isTestOf({ lines }: Leaf, { titles }: ListedTest): boolean {
  if (lines[0] !== titles[0] || lines.at(-1) !== titles.at(-1)) return false;
  let from = 1;
  return titles.slice(1, -1).every((title) => {
    from = lines.indexOf(title, from) + 1;
    return from > 0 && from < lines.length;
  });
}

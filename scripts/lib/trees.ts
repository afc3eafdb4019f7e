// SPDX-License-Identifier: Apache-2.0

/** A line of a tree and what hangs below it; a root is what a spec describes, a leaf is one test. */
export interface TreeNode {
  readonly text: string;
  readonly children: readonly TreeNode[];
}

interface GrowingNode extends TreeNode {
  readonly children: GrowingNode[];
}

const DRAWN = /^((?:│ {3}| {4})*)[├└]── (.*)$/;
const STEP = 4;

/** Reads the trees of a file, a blank line between two of them. Throws where a line hangs from nothing. */
export function parseTrees(text: string): readonly TreeNode[] {
  const roots: GrowingNode[] = [];
  let path: GrowingNode[] = [];
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const [, prefix = "", drawn] = DRAWN.exec(line) ?? [];
    const depth = drawn === undefined ? 0 : prefix.length / STEP + 1;
    const node: GrowingNode = { text: drawn ?? line, children: [] };
    const siblings = depth === 0 ? roots : path[depth - 1]?.children;
    if (siblings === undefined) throw new Error(`hangs from nothing: ${line.trim()}`);
    siblings.push(node);
    path = [...path.slice(0, depth), node];
  }
  return roots;
}

/** Draws trees in the one form in which they are kept. */
export function drawTrees(trees: readonly TreeNode[]): string {
  return trees.map((tree) => [tree.text, ...drawChildren(tree, "")].join("\n") + "\n").join("\n");
}

function drawChildren({ children }: TreeNode, prefix: string): readonly string[] {
  return children.flatMap((child, index) => {
    const last = index === children.length - 1;
    const below = prefix + (last ? "    " : "│   ");
    return [`${prefix}${last ? "└" : "├"}── ${child.text}`, ...drawChildren(child, below)];
  });
}

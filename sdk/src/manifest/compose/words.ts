// SPDX-License-Identifier: Apache-2.0
import { itemsOf, refuse, textOf, type ComposeNode } from "./node.ts";
import { splitWords } from "./shell-words.ts";

const UNREADABLE = "unreadable";

/** A command as a list, or as one text that is split by quotes and blanks; null where it is left empty or refused. */
export function readCommand(node: ComposeNode): readonly string[] | null {
  if (node.content === null) return null;
  if (typeof node.content !== "string") return readWordList(node);
  const words = splitWords(node.content);
  if (isWords(words)) return words;
  refuse(node, words);
  return null;
}

/** A list of texts; a refused one has a stand-in, so that the others keep their places. */
export function readWordList(node: ComposeNode): readonly string[] {
  return itemsOf(node).map((item) => textOf(item) ?? UNREADABLE);
}

function isWords(words: ReturnType<typeof splitWords>): words is readonly string[] {
  return Array.isArray(words);
}

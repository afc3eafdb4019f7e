// SPDX-License-Identifier: Apache-2.0
import { entriesOf, isList, itemsOf, refuse, textOf, type ComposeNode } from "./node.ts";

type Texts = Readonly<Record<string, string>>;

/** Environment as a map or as a list of `NAME=value`; an entry without a value takes the given environment's. */
export function readEnvironment(node: ComposeNode): Texts {
  return readTexts(node, (entry, name) => {
    const { environment } = entry.reading;
    const given = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (given !== undefined) return given;
    const fix = `set ${name} in the environment, or write its value`;
    refuse(
      entry,
      { reason: "it takes its value from your environment, where it has none", fix },
      "E_MANIFEST_VARIABLE",
    );
    return null;
  });
}

/** Labels as a map or as a list of `key=value`; an entry without a value is empty. */
export function readLabels(node: ComposeNode): Texts {
  return readTexts(node, () => "");
}

type Unvalued = (entry: ComposeNode, name: string) => string | null;

function readTexts(node: ComposeNode, unvalued: Unvalued): Texts {
  const entries = isList(node.content) ? readList(node, unvalued) : readMap(node, unvalued);
  return Object.fromEntries(entries);
}

function readMap(node: ComposeNode, unvalued: Unvalued): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, entry] of entriesOf(node)) {
    const text = entry.content === null ? unvalued(entry, name) : scalarText(entry);
    if (text !== null) texts.set(name, text);
  }
  return texts;
}

function readList(node: ComposeNode, unvalued: Unvalued): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const item of itemsOf(node)) {
    const line = textOf(item);
    if (line === null) continue;
    const equals = line.indexOf("=");
    const name = equals === -1 ? line : line.slice(0, equals);
    const text = equals === -1 ? unvalued(item, name) : line.slice(equals + 1);
    if (texts.has(name)) refuse(item, { reason: "its name is written twice", fix: "keep one of the two" });
    if (text !== null) texts.set(name, text);
  }
  return texts;
}

function scalarText(entry: ComposeNode): string | null {
  return typeof entry.content === "boolean" ? String(entry.content) : textOf(entry);
}

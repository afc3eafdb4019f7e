// SPDX-License-Identifier: Apache-2.0
import { Composer, CST, isAlias, Lexer, LineCounter, Parser, visit } from "yaml";
import type { Alias, Document, Node } from "yaml";
import { ManifestError, throwRefusals, type Refusal, type RefusalCode } from "../errors.ts";

/** A parsed file whose aliases are not followed yet. */
export interface YamlDocument {
  readonly contents: Node | null;
  /** The node that each alias stands for; none where no such anchor stands before it. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** `line:column`, from 1, of a node. */
  positionOf(node: Node): string;
}

/** Deepest nesting of brackets and indents that is handed to the recursive part of the parser. */
const MAX_NESTING = 64;
const MAX_SYNTAX_REFUSALS = 10;
/** Most words, signs and blanks of a file: what bounds the work of reading it, whatever it says. */
const MAX_LEXEMES = 20_000;
/** Marks of the lexer that stand for no character of the text. */
const MARKS: readonly string[] = [CST.DOCUMENT, CST.FLOW_END, CST.SCALAR];
const OPTIONS = {
  version: "1.2",
  schema: "core",
  uniqueKeys: false,
  stringKeys: true,
  resolveKnownTags: false,
  prettyErrors: false,
} as const;

/** Parses one YAML 1.2 document. ManifestError E_MANIFEST_SYNTAX, or E_MANIFEST_TOO_COMPLEX where it is nested too deeply. */
export function parseYamlDocument(text: string): YamlDocument {
  const lines = new LineCounter();
  const tokens = tokensOf(text, lines);
  throwRefusals(nestingRefusals(tokens, lines));
  const [document, another] = withoutStackTraces(() => composed(tokens, text.length));
  if (document === undefined || another !== undefined) {
    throw new ManifestError([
      refusalAt(null, "E_MANIFEST_SYNTAX", "has several YAML documents", "keep one of them"),
    ]);
  }
  throwRefusals(syntaxRefusals(document, lines));
  return {
    contents: document.contents,
    targets: aliasTargets(document),
    positionOf: (node) => positionAt(lines, node.range?.[0] ?? 0),
  };
}

function tokensOf(text: string, lines: LineCounter): readonly CST.Token[] {
  try {
    return parseLexemes(text, lines);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ManifestError(
      [refusalAt(null, "E_MANIFEST_TOO_COMPLEX", "is nested too deeply", "flatten it")],
      error,
    );
  }
}

function parseLexemes(text: string, lines: LineCounter): readonly CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let count = 0;
  let offset = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_LEXEMES) throw tooLong(positionAt(lines, offset));
    if (!MARKS.includes(lexeme)) offset += lexeme.length;
    for (const token of parser.next(lexeme)) tokens.push(token);
  }
  return [...tokens, ...parser.end()];
}

function tooLong(at: string): ManifestError {
  const reason = `has more than ${MAX_LEXEMES} words, signs and blanks`;
  return new ManifestError([
    refusalAt(at, "E_MANIFEST_TOO_COMPLEX", reason, "use shorter lists and fewer entries"),
  ]);
}

/** The first document and, where there is one, the second. */
function composed(tokens: readonly CST.Token[], length: number): readonly Document.Parsed[] {
  const documents: Document.Parsed[] = [];
  for (const document of new Composer(OPTIONS).compose(tokens, true, length)) {
    if (documents.push(document) > 1) break;
  }
  return documents;
}

/** The parser makes an Error of every fault of a file; their stack traces, which nobody reads, take most of its time. */
function withoutStackTraces<T>(work: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function nestingRefusals(tokens: readonly CST.Token[], lines: LineCounter): readonly Refusal[] {
  let level = tokens;
  for (let depth = 0; depth <= MAX_NESTING; depth += 1) level = level.flatMap(childrenOf);
  const [first] = level;
  if (first === undefined) return [];
  const at = positionAt(lines, first.offset);
  return [
    refusalAt(at, "E_MANIFEST_TOO_COMPLEX", `is nested deeper than ${MAX_NESTING} levels`, "flatten it"),
  ];
}

function childrenOf(token: CST.Token): readonly CST.Token[] {
  const children =
    "items" in token
      ? token.items.flatMap(({ key, value }) => [key, value])
      : "value" in token
        ? [token.value]
        : [];
  return children.filter((child) => child !== null && child !== undefined);
}

function syntaxRefusals(document: Document.Parsed, lines: LineCounter): readonly Refusal[] {
  const { explicit, version } = document.directives.yaml;
  const isOther = explicit === true && version !== "1.2";
  const directive = isOther
    ? [refusalAt(null, "E_MANIFEST_SYNTAX", `asks for YAML ${version}`, "remove the %YAML line")]
    : [];
  const errors = document.errors
    .slice(0, MAX_SYNTAX_REFUSALS)
    .map(({ message, pos }) =>
      refusalAt(
        positionAt(lines, pos[0]),
        "E_MANIFEST_SYNTAX",
        `is not YAML: ${message}`,
        "correct the line",
      ),
    );
  return [...directive, ...errors];
}

function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node: (_key, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node) && target !== undefined) targets.set(node, target);
      if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function positionAt(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

function refusalAt(at: string | null, code: RefusalCode, reason: string, fix: string): Refusal {
  return { code, path: "", reason, fix, at };
}

// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { filesUnder } from "../lib/files.ts";
import type { AstNode } from "./ast.ts";

/** Source texts by their path from the root of the repository. */
export type Sources = Readonly<Record<string, string>>;

/** What the compiler makes of one contract. */
export interface Compiled {
  readonly abi: readonly unknown[];
  readonly evm: {
    readonly bytecode: { readonly object: string };
    readonly deployedBytecode: { readonly object: string };
  };
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, Compiled>>>>;
  readonly sources?: Readonly<Record<string, { readonly ast: AstNode }>>;
}

interface Solc {
  compile(input: string, callbacks: { import: (path: string) => { contents: string } }): string;
}

type Selection = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const require = createRequire(import.meta.url);

/** How the compiler gets from the source to the code. */
export type Pipeline = "legacy" | "ir";

/** No digest of the sources in the code, so that equal code means equal behaviour. */
const COMMON = { evmVersion: "prague", metadata: { appendCBOR: false } };

/** The two cheap passes of the old pipeline alone, a third of the time of its optimiser; the new one without an optimiser. */
const SETTINGS = {
  legacy: {
    ...COMMON,
    optimizer: { enabled: false, details: { peephole: true, jumpdestRemover: true, deduplicate: true } },
  },
  ir: { ...COMMON, viaIR: true, optimizer: { enabled: false } },
} as const;

const FILE = "contracts/ComputeMarket.sol";
const NAME = "ComputeMarket";

/** The market, as the tests call its artifact. */
export const MARKET = `${FILE}:${NAME}`;

const CODE = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"];

/** The sources do not compile. */
export class DoesNotCompile extends Error {}

/** Every Solidity file under `contracts/` of a repository. */
export function readSources(root: string): Sources {
  const paths = filesUnder(join(root, "contracts")).filter((path) => path.endsWith(".sol"));
  return Object.fromEntries(
    paths.map((path) => [path.slice(path.indexOf("contracts/", root.length)), readFileSync(path, "utf8")]),
  );
}

/** Compiles everything: contracts by `file:name`. Throws {@link DoesNotCompile}. */
export function compileAll(
  root: string,
  sources: Sources,
  pipeline: Pipeline,
): ReadonlyMap<string, Compiled> {
  const output = run(root, sources, { "*": { "*": CODE } }, pipeline);
  const files = Object.entries(output.contracts ?? {});
  return new Map(
    files.flatMap(([file, contracts]) =>
      Object.entries(contracts).map(([name, compiled]) => [`${file}:${name}`, compiled] as const),
    ),
  );
}

/** Compiles the market and what it needs. Throws {@link DoesNotCompile}. */
export function compileMarket(root: string, sources: Sources, pipeline: Pipeline): Compiled {
  const compiled = run(root, sources, { [FILE]: { [NAME]: CODE } }, pipeline).contracts?.[FILE]?.[NAME];
  if (compiled === undefined) throw new DoesNotCompile(`${FILE} holds no contract ${NAME}`);
  return compiled;
}

/** The syntax tree of each file. Throws {@link DoesNotCompile}. */
export function parse(root: string, sources: Sources): ReadonlyMap<string, AstNode> {
  const output = run(root, sources, { "*": { "": ["ast"] } }, "legacy");
  return new Map(Object.entries(output.sources ?? {}).map(([file, { ast }]) => [file, ast]));
}

/** The old pipeline, several times as fast, unless it runs out of stack. Throws {@link DoesNotCompile} for any other reason. */
export function fastestPipeline(root: string, sources: Sources): Pipeline {
  try {
    compileMarket(root, sources, "legacy");
    return "legacy";
  } catch (error) {
    if (error instanceof DoesNotCompile && /stack too deep/i.test(error.message)) return "ir";
    throw error;
  }
}

function run(root: string, sources: Sources, outputSelection: Selection, pipeline: Pipeline): Output {
  const solc = require("solc") as Solc;
  const files = Object.entries(sources).map(([path, content]) => [path, { content }] as const);
  const settings = { ...SETTINGS[pipeline], outputSelection };
  const input = JSON.stringify({ language: "Solidity", sources: Object.fromEntries(files), settings });
  const output = JSON.parse(
    solc.compile(input, {
      import: (path) => ({ contents: readFileSync(join(root, "node_modules", path), "utf8") }),
    }),
  ) as Output;
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new DoesNotCompile(errors.map((e) => e.formattedMessage).join("\n"));
  return output;
}

// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import solc from "solc";

/** A contract of laws: its file, named like it, and which engine of the compiler's model checker proves it. */
export interface LawFile {
  readonly path: string;
  /** `chc` follows whole transactions; `bmc` one call, which is all that a law about pure functions needs. */
  readonly engine: "chc" | "bmc";
}

/** What the checker said of one target, an assertion or an operation that could go wrong. */
export interface Finding {
  readonly place: string;
  readonly text: string;
  readonly proved: boolean;
}

/** Changes a source before it is checked. */
export type Edit = (path: string, text: string) => string;

interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly formattedMessage: string;
  readonly sourceLocation?: { readonly file: string; readonly start: number };
}

/** Which kinds of target are decided, and how long the solver may think about one. */
interface Limits {
  readonly targets: readonly string[];
  readonly seconds: number;
}

const compile = solc.compile as (input: string, callbacks: object) => string;
/** Every kind of target that the checker knows and these laws can have. */
const TARGETS: readonly string[] = [
  "assert",
  "underflow",
  "overflow",
  "divByZero",
  "outOfBounds",
  "popEmptyArray",
];
const SOLVER_SECONDS = 120;
const SAFE = /^(CHC|BMC): (.*) check is safe!$/;
const DEPRECATION = /^The BMC engine of the SMTChecker is deprecated/;

/**
 * The contracts of laws. The second is beyond `chc`: its solver gives up where two unknowns are multiplied, the rate and
 * the seconds.
 */
export const LAW_FILES: readonly LawFile[] = [
  { path: "test/smt/ClockLaws.sol", engine: "chc" },
  { path: "test/smt/BillingLaws.sol", engine: "bmc" },
];

/** Why nothing can be proved on this machine; undefined where the solver answers. */
export function missingSolver(): string | undefined {
  if (spawnSync("z3", ["--version"]).status === 0) return undefined;
  return "the proofs need the SMT solver z3, and no z3 is on the PATH: install it (Debian: apt-get install z3)";
}

/** Has the targets of a contract of laws decided, after an edit; a time-out or an unknown is not a proof. */
export function prove(
  { path, engine }: LawFile,
  edit: Edit = (_path, text) => text,
  { targets, seconds }: Limits = { targets: TARGETS, seconds: SOLVER_SECONDS },
): readonly Finding[] {
  const missing = missingSolver();
  if (missing !== undefined) throw new Error(missing);
  const read = (file: string): string => checked(edit(file, readFileSync(file, "utf8")));
  const input = {
    language: "Solidity",
    sources: { [path]: { content: read(path) } },
    settings: { modelChecker: modelChecker(path, engine, targets) },
  };
  const callbacks = { import: importer(read), smtSolver: solver(seconds) };
  const output = JSON.parse(compile(JSON.stringify(input), callbacks)) as {
    readonly errors?: readonly Diagnostic[];
  };
  return (output.errors ?? [])
    .filter(({ message }) => !DEPRECATION.test(message))
    .map((diagnostic) => findingOf(diagnostic, read));
}

/**
 * What is unchecked in the contract is checked here: it is proved that no operation leaves its range, and then the
 * two are the same.
 */
function checked(text: string): string {
  return text.replaceAll("unchecked {", "{");
}

function modelChecker(path: string, engine: LawFile["engine"], targets: readonly string[]): object {
  return {
    engine,
    contracts: { [path]: [basename(path, ".sol")] },
    targets,
    solvers: ["smtlib2"],
    divModNoSlacks: true,
    showProvedSafe: true,
    showUnproved: true,
    showUnsupported: true,
  };
}

function importer(read: (file: string) => string): (file: string) => object {
  return (file) => (existsSync(file) ? { contents: read(file) } : { error: `${file} does not exist` });
}

function solver(seconds: number): (query: string) => object {
  return (query) => {
    const options = {
      input: query,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      timeout: (seconds + 5) * 1000,
    } as const;
    const { stdout } = spawnSync("z3", ["-in", `-T:${seconds}`], options);
    return { contents: /^(un)?sat\b/.test(stdout) ? stdout : "unknown" };
  };
}

function findingOf(
  { message, formattedMessage, sourceLocation }: Diagnostic,
  read: (file: string) => string,
): Finding {
  const target = SAFE.exec(message)?.[2];
  const place = sourceLocation === undefined ? "?" : placeOf(sourceLocation, read);
  return { place, text: target ?? formattedMessage.trim(), proved: target !== undefined };
}

function placeOf(
  { file, start }: { readonly file: string; readonly start: number },
  read: (file: string) => string,
): string {
  if (start < 0) return file;
  return `${file}:${Buffer.from(read(file)).subarray(0, start).toString().split("\n").length}`;
}

// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..", "..");
const SOLC = resolve(ROOT, "node_modules", "solc", "solc.js");

/** Where the immutables of a contract stand in its runtime code, per immutable. */
export type ImmutableReferences = Readonly<
  Record<string, readonly { readonly start: number; readonly length: number }[]>
>;

/** What a compiler makes of the market's sources. */
export interface Rebuild {
  /** The metadata, to the byte. */
  readonly metadata: string;
  /** Runtime code with zeroes for the immutables, without 0x. */
  readonly runtimeCode: string;
  readonly immutableReferences: ImmutableReferences;
}

/** What the compiler was told when the artifacts were built. */
export interface BuildInput {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the sources as the compiler sees them. */
  readonly sourceNames: readonly string[];
}

/** The compiler's input that stands behind the market's artifact. */
export async function readBuildInput(): Promise<BuildInput> {
  const artifact = (await json("artifacts/contracts/ComputeMarket.sol/ComputeMarket.json")) as {
    buildInfoId: string;
  };
  const { input } = (await json(`artifacts/build-info/${artifact.buildInfoId}.json`)) as {
    input: { settings: Record<string, unknown>; sources: Record<string, unknown> };
  };
  return { settings: input.settings, sourceNames: Object.keys(input.sources) };
}

/** A source's text on disk: the repository's own, or a package's that is installed. Throws Error where the version is another. */
export async function sourceOf(name: string): Promise<string> {
  const [, own] = /^project\/(.+)$/.exec(name) ?? [];
  if (own !== undefined) return readFile(resolve(ROOT, own), "utf8");
  const [, packageName = "", version, path = ""] = /^npm\/(.+)@([^@/]+)\/(.+)$/.exec(name) ?? [];
  const installed = (await json(`node_modules/${packageName}/package.json`)) as { version: string };
  if (installed.version !== version)
    throw new Error(`${packageName} is ${installed.version}, not ${version}`);
  return readFile(resolve(ROOT, "node_modules", packageName, path), "utf8");
}

/** Compiles the market from the files on disk, in a compiler of its own, with nothing kept from an earlier build. */
export async function rebuild({ settings, sourceNames }: BuildInput): Promise<Rebuild> {
  const sources = await Promise.all(
    sourceNames.map(async (name) => [name, { content: await sourceOf(name) }] as const),
  );
  const wanted = ["metadata", "evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"];
  const outputSelection = { "project/contracts/ComputeMarket.sol": { ComputeMarket: wanted } };
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(sources),
    settings: { ...settings, outputSelection },
  };
  return contractIn(await compile(JSON.stringify(input)));
}

function contractIn(output: string): Rebuild {
  const contract = (
    JSON.parse(output.slice(output.indexOf("{"))) as {
      contracts: Record<
        string,
        Record<
          string,
          {
            metadata: string;
            evm: { deployedBytecode: { object: string; immutableReferences: ImmutableReferences } };
          }
        >
      >;
    }
  ).contracts["project/contracts/ComputeMarket.sol"]?.["ComputeMarket"];
  if (contract === undefined) throw new Error(`the compiler made no market: ${output.slice(0, 2_000)}`);
  const { object, immutableReferences } = contract.evm.deployedBytecode;
  return { metadata: contract.metadata, runtimeCode: object, immutableReferences };
}

/** The compiler reads and writes at once, so it gets files: a pipe may be empty or full. */
async function compile(input: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "berth-rebuild-"));
  try {
    await writeFile(join(folder, "input.json"), input);
    const files = [await open(join(folder, "input.json")), await open(join(folder, "output.json"), "w")];
    const stdio = [...files.map(({ fd }) => fd), "inherit" as const];
    await once(spawn(process.execPath, [SOLC, "--standard-json"], { stdio }), "close");
    await Promise.all(files.map((file) => file.close()));
    return await readFile(join(folder, "output.json"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(resolve(ROOT, path), "utf8"));
}

// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import hre from "hardhat";
import solc from "solc";
import type { Abi, Hex } from "viem";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const CACHE = `${ROOT}cache/gas`;
const PROFILE = "production";
const COMPILER: { version(): string; compile(input: string): string } = solc;
const OUTPUTS = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"];

/** What of a compilation a deployment needs. */
export interface CompiledContract {
  readonly abi: Abi;
  readonly bytecode: Hex;
  /** Size of the deployed code. */
  readonly runtimeBytes: number;
}

/** The settings of the profile that everything public is deployed with. */
export interface ProductionSettings {
  readonly compiler: string;
  readonly viaIR: boolean;
  readonly runs: number;
  readonly evmVersion: string;
}

interface NamedSettings {
  readonly viaIR?: boolean;
  readonly evmVersion?: string;
  readonly optimizer?: { readonly runs?: number };
}

interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Record<string, Record<string, RawContract> | undefined>;
}

interface RawContract {
  readonly abi: Abi;
  readonly evm: Record<"bytecode" | "deployedBytecode", { readonly object: string }>;
}

/** The settings of hardhat.config.ts. Throws where they leave open what the figures depend on. */
export function productionSettings(): ProductionSettings {
  const compiler = hre.config.solidity.profiles[PROFILE]?.compilers[0];
  if (compiler === undefined) throw new Error(`hardhat.config.ts has no profile ${PROFILE}`);
  const { viaIR, evmVersion, optimizer } = compiler.settings as NamedSettings;
  if (evmVersion === undefined || optimizer?.runs === undefined)
    throw new Error(`the profile ${PROFILE} of hardhat.config.ts must name evmVersion and runs`);
  return { compiler: compiler.version, viaIR: viaIR === true, runs: optimizer.runs, evmVersion };
}

/**
 * Compiles one file, with what it imports and nothing else, from the very input that a production build gives the compiler; an
 * input seen before is answered from `cache/gas`. Throws what the compiler says against it.
 */
export async function compileContract(path: string, name: string): Promise<CompiledContract> {
  const sourceName = `project/${path}`;
  const input = await productionInput(path, { [sourceName]: { [name]: OUTPUTS } });
  const file = `${CACHE}/${createHash("sha256").update(COMPILER.version()).update(input).digest("hex")}.json`;
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(compile(input, sourceName, name)));
    renameSync(`${file}.${process.pid}`, file);
  }
  return JSON.parse(readFileSync(file, "utf8")) as CompiledContract;
}

async function productionInput(path: string, outputSelection: object): Promise<string> {
  const found = await hre.solidity.getCompilationJobs([ROOT + path], {
    buildProfile: PROFILE,
    isolated: true,
    force: true,
    quiet: true,
  });
  if (!found.success) throw new Error(found.formattedReason);
  const job = found.indexedIndividualJobs.get(ROOT + path);
  if (job === undefined) throw new Error(`${path} is no contract of this project`);
  const input = await job.getSolcInput();
  return JSON.stringify({ ...input, settings: { ...input.settings, outputSelection } });
}

function compile(input: string, sourceName: string, name: string): CompiledContract {
  const output = JSON.parse(COMPILER.compile(input)) as CompilerOutput;
  const problems = output.errors?.filter(({ severity }) => severity === "error") ?? [];
  const contract = output.contracts?.[sourceName]?.[name];
  if (problems.length > 0 || contract === undefined)
    throw new Error(problems.map(({ formattedMessage }) => formattedMessage).join("\n") || `no ${name}`);
  const { abi, evm } = contract;
  return {
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    runtimeBytes: evm.deployedBytecode.object.length / 2,
  };
}

// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { copyTree } from "../lib/copy-of-tree.ts";
import { type Compiled, compileAll, fastestPipeline, type Pipeline, readSources } from "./compile.ts";

const PREFIX = "workspace-";
const CONFIG = "hardhat.config.ts";

/** The project's own configuration, but a chain that takes contracts of any size: the fast compilation makes large ones. */
const UNLIMITED = `import base from "./base.${CONFIG}";
export default {
  ...base,
  networks: { ...base.networks, default: { type: "edr-simulated", allowUnlimitedContractSize: true } },
};
`;

/** A copy of the repository in which one worker changes the market as it likes. */
export interface Workspace {
  readonly folder: string;
  readonly pipeline: Pipeline;
  readonly dispose: () => void;
}

/** Copies what the contract tests need and compiles it; packages are shared, artifacts are the copy's own. */
export function createWorkspace(root: string): Workspace {
  const home = mkdtempSync(join(tmpdir(), "berth-mutation-"));
  const folder = mkdtempSync(join(home, PREFIX));
  copyTree(root, folder);
  renameSync(join(folder, CONFIG), join(folder, `base.${CONFIG}`));
  writeFileSync(join(folder, CONFIG), UNLIMITED);
  const sources = readSources(folder);
  const pipeline = fastestPipeline(folder, sources);
  for (const [name, compiled] of compileAll(folder, sources, pipeline)) writeArtifact(folder, name, compiled);
  return { folder, pipeline, dispose: () => rmSync(home, { recursive: true, force: true }) };
}

/** The same once more beside it, for a worker; it goes with the first one where nobody disposes of it. */
export function copyWorkspace({ folder, pipeline }: Workspace): Workspace {
  const copy = mkdtempSync(join(dirname(folder), PREFIX));
  cpSync(folder, copy, { recursive: true });
  return { folder: copy, pipeline, dispose: () => rmSync(copy, { recursive: true, force: true }) };
}

/** Puts a contract where the tests look for it; `name` is `file:contract`. */
export function writeArtifact(folder: string, name: string, { abi, evm }: Compiled): void {
  const [sourceName = "", contractName = ""] = name.split(":");
  const path = join(folder, "artifacts", sourceName, `${contractName}.json`);
  const artifact = {
    _format: "hh3-artifact-1",
    contractName,
    sourceName,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytecode: `0x${evm.deployedBytecode.object}`,
    linkReferences: {},
    deployedLinkReferences: {},
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(artifact));
}

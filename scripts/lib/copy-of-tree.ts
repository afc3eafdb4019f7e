// SPDX-License-Identifier: Apache-2.0
import { cpSync, existsSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

const COPIED = [
  "contracts",
  "deploy",
  "docs",
  "scripts",
  "sdk",
  "test",
  "typechain-types",
  "hardhat.config.ts",
  "package.json",
  "tsconfig.json",
];
const PACKAGES = ["node_modules", "sdk/node_modules"];

/** Copies what the contract tests need from the repository into an empty folder; packages are shared, what is built is not. */
export function copyTree(root: string, folder: string): void {
  const filter = (path: string): boolean =>
    !/^(node_modules|artifacts|cache|deployments)$/.test(basename(path));
  for (const entry of COPIED.filter((path) => existsSync(join(root, path)))) {
    cpSync(join(root, entry), join(folder, entry), { recursive: true, filter });
  }
  for (const packages of PACKAGES.filter((path) => existsSync(join(root, path)))) {
    symlinkSync(join(root, packages), join(folder, packages));
  }
}

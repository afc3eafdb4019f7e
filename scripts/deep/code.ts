// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import hre from "hardhat";
import { keccak256 } from "viem";
import { filesUnder } from "../lib/files.ts";

/** What a simulation plays, and who plays in it. */
const SIMULATED = ["orchestrator/src", "sdk/src", "test/fake-engine", "test/simulation"];

/** Digest of the market's code as the tests deploy it, without the trailer in which the compiler names its sources. */
export async function codeOfMarket(): Promise<string> {
  const { deployedBytecode } = await hre.artifacts.readArtifact("ComputeMarket");
  const trailer = 2 * (Number.parseInt(deployedBytecode.slice(-4), 16) + 2);
  return keccak256(deployedBytecode.slice(0, -trailer) as `0x${string}`);
}

/** Digest of the daemon's code and of the world that it is played in, without their tests. */
export function codeOfSimulation(): string {
  const digest = createHash("sha256");
  const files = SIMULATED.flatMap(filesUnder).filter((path) => !/\.test\.ts$|\/test\//.test(path));
  for (const path of files) digest.update(`${path}\0`).update(readFileSync(path)).update("\0");
  return `0x${digest.digest("hex")}`;
}

// SPDX-License-Identifier: Apache-2.0
import hre from "hardhat";
import { keccak256 } from "viem";

/** Digest of the market's code as the tests deploy it, without the trailer in which the compiler names its sources. */
export async function codeOfMarket(): Promise<string> {
  const { deployedBytecode } = await hre.artifacts.readArtifact("ComputeMarket");
  const trailer = 2 * (Number.parseInt(deployedBytecode.slice(-4), 16) + 2);
  return keccak256(deployedBytecode.slice(0, -trailer) as `0x${string}`);
}

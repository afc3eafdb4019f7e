// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import { definePlugin } from "hardhat/plugins";

const solc = {
  version: "0.8.37",
  path: createRequire(import.meta.url).resolve("solc/soljson.js"),
};
const evmVersion = "prague";

const optimizer = { enabled: true, runs: 200 };

const fast = { ...solc, settings: { evmVersion, optimizer } };
const small = { ...solc, settings: { evmVersion, viaIR: true, optimizer } };

/**
 * Salt of the market's address. CreateX mixes no sender and no chain id into one that begins with neither the sender's address nor
 * twenty zero bytes, so the address follows from the creation code and the constructor's arguments alone. It is keccak256 of
 * "berth.ComputeMarket.1" and changes never.
 */
const salt = "0xc555590f4070e86b45969edc74eee81a1838f195ab5dcf8c23d4716e47b64823";

/** A chain that everybody shares: its endpoint and the deployer's key are read when it is used, never before. */
function publicChain<Kind extends "l1" | "op" | "generic">(
  variable: string,
  chainId: number,
  chainType: Kind,
) {
  return {
    type: "http" as const,
    chainId,
    chainType,
    url: configVariable(`BERTH_${variable}_RPC_URL`),
    accounts: [configVariable("BERTH_DEPLOYER_KEY")],
  };
}

/**
 * TypeChain writes types in the order of the artifacts, which is the order in which a file system lists them: sorted
 * before it sees them, the generated files are the same on every machine.
 */
const sortedArtifacts = definePlugin({
  id: "berth-sorted-artifacts",
  hookHandlers: {
    solidity: async () => ({
      default: async () => ({
        processArtifactsAfterSuccessfulBuild: async (_context, artifactPaths) => {
          (artifactPaths as string[]).sort();
        },
      }),
    }),
  },
});

export default defineConfig({
  plugins: [sortedArtifacts, toolbox],
  solidity: {
    profiles: {
      /**
       * The market is compiled by the slower pipeline here too, which alone makes it small enough: what is tested and measured is the
       * code that is deployed. All else is compiled by the faster one.
       */
      default: { compilers: [fast], overrides: { "contracts/ComputeMarket.sol": small } },
      production: small,
    },
  },
  paths: { ignition: "deploy", tests: { mocha: "test/contracts", solidity: "test/solidity" } },
  networks: {
    devnet: {
      type: "edr-simulated",
      hardfork: "prague",
      chainId: 31337,
      allowBlocksWithSameTimestamp: true,
      mining: { auto: true, interval: 1000 },
    },
    local: {
      type: "http",
      url: process.env["BERTH_RPC_URL"] ?? "http://127.0.0.1:8545",
      chainId: 31337,
    },
    mainnet: publicChain("MAINNET", 1, "l1"),
    base: publicChain("BASE", 8453, "op"),
    arbitrum: publicChain("ARBITRUM", 42161, "generic"),
    optimism: publicChain("OPTIMISM", 10, "op"),
    sepolia: publicChain("SEPOLIA", 11155111, "l1"),
    "base-sepolia": publicChain("BASE_SEPOLIA", 84532, "op"),
    "arbitrum-sepolia": publicChain("ARBITRUM_SEPOLIA", 421614, "generic"),
    "optimism-sepolia": publicChain("OPTIMISM_SEPOLIA", 11155420, "op"),
  },
  test: {
    mocha: { timeout: 60_000 },
    solidity: {
      fsPermissions: { dangerouslyWriteDirectory: ["cache/reach"] },
      fuzz: {
        runs: Number(process.env["BERTH_FUZZ_RUNS"] ?? 2_000),
        seed: process.env["BERTH_FUZZ_SEED"] ?? "0x1234",
      },
      invariant: {
        runs: Number(process.env["BERTH_INVARIANT_RUNS"] ?? 16),
        depth: Number(process.env["BERTH_INVARIANT_DEPTH"] ?? 500),
        failOnRevert: true,
        dictionaryWeight: 0,
        includeStorage: false,
        includePushBytes: false,
        shrinkRunLimit: 0,
      },
    },
  },
  ignition: { requiredConfirmations: 1, blockPollingInterval: 100, strategyConfig: { create2: { salt } } },
  verify: { etherscan: { apiKey: configVariable("BERTH_ETHERSCAN_API_KEY") } },
  typechain: { outDir: "typechain-types", tsNocheck: true },
});

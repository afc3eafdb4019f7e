// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";
import { definePlugin } from "hardhat/plugins";

const solc = {
  version: "0.8.37",
  path: createRequire(import.meta.url).resolve("solc/soljson.js"),
};
const evmVersion = "prague";

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
      default: { ...solc, settings: { evmVersion, optimizer: { enabled: true, runs: 200 } } },
      production: { ...solc, settings: { evmVersion, viaIR: true, optimizer: { enabled: true, runs: 200 } } },
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
  },
  test: {
    mocha: { timeout: 60_000 },
    solidity: { fuzz: { runs: 64, seed: "0x1234" }, invariant: { runs: 32, depth: 64, failOnRevert: true } },
  },
  ignition: { requiredConfirmations: 1, blockPollingInterval: 100 },
  typechain: { outDir: "typechain-types", tsNocheck: true },
});

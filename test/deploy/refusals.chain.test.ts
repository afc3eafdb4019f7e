// SPDX-License-Identifier: Apache-2.0
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { startAnvil, type ChainNode } from "../../scripts/lib/chain-node.ts";
import { runDeploy } from "./deploy-script.ts";

const BASE = 8_453;

describe("a deployment is refused, and nothing is sent,", function () {
  this.timeout(60_000);
  let node: ChainNode;
  let chain: JsonRpcProvider;

  before(async () => {
    node = await startAnvil({ chainId: BASE, hardfork: "shanghai" });
    chain = new JsonRpcProvider(node.url, undefined, { staticNetwork: true });
  });

  after(async () => {
    chain?.destroy();
    await node?.stop();
  });

  afterEach(async () => expect(await chain.getBlockNumber()).to.equal(0));

  const reasons: Record<string, { network: string; exitCode: number; words: readonly string[] }> = {
    "on a chain without transient storage": {
      network: "base",
      exitCode: 1,
      words: ["E_DEPLOY_TRANSIENT_STORAGE_MISSING", "at risk: nothing", "next: "],
    },
    "on another chain than the network's": {
      network: "arbitrum",
      exitCode: 2,
      words: ["E_DEPLOY_CHAIN_MISMATCH", "is chain 8453, and arbitrum is chain 42161"],
    },
    "where the endpoint is not set": {
      network: "optimism",
      exitCode: 2,
      words: ["E_DEPLOY_VARIABLE_MISSING", "BERTH_OPTIMISM_RPC_URL"],
    },
  };

  for (const [reason, { network, exitCode, words }] of Object.entries(reasons)) {
    it(reason, async () => {
      const run = await runDeploy(["--network", network], {
        BERTH_BASE_RPC_URL: node.url,
        BERTH_ARBITRUM_RPC_URL: node.url,
        BERTH_OPTIMISM_RPC_URL: undefined,
        BERTH_DEPLOYER_KEY: Wallet.createRandom().privateKey,
      });
      expect(run.exitCode, run.output).to.equal(exitCode);
      for (const word of words) expect(run.output).to.contain(word);
    });
  }
});

// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import { expect } from "chai";
import type { HttpNetworkConfig, NetworkConfig, NetworkUserConfig } from "hardhat/types/config";
import hardhatConfig from "../../hardhat.config.ts";
import { requireNetwork } from "./network.ts";

const PUBLIC: Record<string, { chainId: number; chainType: string; variable: string }> = {
  mainnet: { chainId: 1, chainType: "l1", variable: "BERTH_MAINNET_RPC_URL" },
  base: { chainId: 8_453, chainType: "op", variable: "BERTH_BASE_RPC_URL" },
  arbitrum: { chainId: 42_161, chainType: "generic", variable: "BERTH_ARBITRUM_RPC_URL" },
  optimism: { chainId: 10, chainType: "op", variable: "BERTH_OPTIMISM_RPC_URL" },
  sepolia: { chainId: 11_155_111, chainType: "l1", variable: "BERTH_SEPOLIA_RPC_URL" },
  "base-sepolia": { chainId: 84_532, chainType: "op", variable: "BERTH_BASE_SEPOLIA_RPC_URL" },
  "arbitrum-sepolia": { chainId: 421_614, chainType: "generic", variable: "BERTH_ARBITRUM_SEPOLIA_RPC_URL" },
  "optimism-sepolia": { chainId: 11_155_420, chainType: "op", variable: "BERTH_OPTIMISM_SEPOLIA_RPC_URL" },
};

describe("the networks of the configuration", () => {
  const configured: Readonly<Record<string, NetworkUserConfig>> = hardhatConfig.networks ?? {};

  for (const [name, { chainId, chainType, variable }] of Object.entries(PUBLIC))
    it(`have ${name} as chain ${chainId}, its endpoint and its key as variables`, () => {
      const network = configured[name];
      expect(network).to.include({ type: "http", chainId, chainType });
      expect(network).to.have.nested.property("url.name", variable);
      expect(network).to.have.nested.property("accounts[0].name", "BERTH_DEPLOYER_KEY");
    });

  it("have every public chain in this table", () => {
    const names = Object.keys(configured).filter((name) => configured[name]?.type === "http");
    expect(names.sort()).to.deep.equal([...Object.keys(PUBLIC), "local"].sort());
  });
});

describe("a network to deploy to", () => {
  const value = (text: string | undefined): Promise<string> =>
    text === undefined
      ? Promise.reject(new Error('"THE_VARIABLE" not found.\nMore.'))
      : Promise.resolve(text);
  const http = (url: string | undefined, key: string | undefined): NetworkConfig =>
    ({
      type: "http",
      chainId: 8_453,
      url: { getUrl: () => value(url) },
      accounts: [{ getHexString: () => value(key) }],
    }) as unknown as HttpNetworkConfig;
  const refusal = (network: NetworkConfig, name: string): Promise<unknown> =>
    requireNetwork({ base: network }, name).catch((thrown: unknown) => thrown);

  it("has the chain id of its entry", async () => {
    expect(await requireNetwork({ base: http("http://x", "0x1") }, "base")).to.equal(8_453n);
  });

  for (const [title, network] of Object.entries({
    endpoint: http(undefined, "0x1"),
    key: http("http://x", undefined),
  }))
    it(`is refused where the variable of its ${title} is not set`, async () => {
      const error = await refusal(network, "base");
      expect(error).to.be.instanceOf(UserError).with.property("code", "E_DEPLOY_VARIABLE_MISSING");
      expect(error).to.have.property("message", 'base is not set up: "THE_VARIABLE" not found.');
    });

  for (const [title, network, name] of [
    ["is not configured", http("http://x", "0x1"), "nowhere"],
    ["lives in this process alone", { type: "edr-simulated", chainId: 1 } as NetworkConfig, "base"],
    ["has no chain id", { type: "http" } as NetworkConfig, "base"],
  ] as const)
    it(`is refused where it ${title}`, async () => {
      const error = await refusal(network, name);
      expect(error).to.be.instanceOf(UserError).with.property("code", "E_DEPLOY_NETWORK_UNKNOWN");
    });
});

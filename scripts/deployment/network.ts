// SPDX-License-Identifier: Apache-2.0
import { UserError } from "@berth/sdk";
import type { HttpNetworkConfig, NetworkConfig } from "hardhat/types/config";

/**
 * The chain id of a network entry, once its endpoint and its keys can be read. Throws UserError for an unknown network, for one that
 * lives in this process only, and where one of its variables is not set.
 */
export async function requireNetwork(
  networks: Readonly<Record<string, NetworkConfig>>,
  name: string,
): Promise<bigint> {
  const network = networks[name];
  if (network?.type !== "http" || network.chainId === undefined) throw unknown(networks, name);
  try {
    await readVariables(network);
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new UserError("E_DEPLOY_VARIABLE_MISSING", `${name} is not set up: ${reason}`, {
      atRisk: "nothing: no chain was asked",
      next: "Keep it with `hardhat keystore set NAME`, or set it as an environment variable.",
      facts: { network: name },
      cause,
    });
  }
  return BigInt(network.chainId);
}

async function readVariables({ url, accounts }: HttpNetworkConfig): Promise<void> {
  await url.getUrl();
  for (const account of Array.isArray(accounts) ? accounts : []) await account.getHexString();
}

function unknown(networks: Readonly<Record<string, NetworkConfig>>, name: string): UserError {
  const names = Object.entries(networks)
    .filter(([, network]) => network.type === "http" && network.chainId !== undefined)
    .map(([candidate]) => candidate);
  return new UserError("E_DEPLOY_NETWORK_UNKNOWN", `${name} is no network to deploy to.`, {
    atRisk: "nothing: no chain was asked",
    next: `Name one of ${names.join(", ")}, or add it to hardhat.config.ts.`,
    facts: { network: name },
  });
}

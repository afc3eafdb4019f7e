// SPDX-License-Identifier: Apache-2.0
import { randomInt } from "node:crypto";
import { connectMarket, type Market, type SigningClient, type TokenInfo } from "@berth/sdk";
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  type LocalAccount,
  type PublicClient,
} from "viem";
import { hardhat } from "viem/chains";
import type { ChainNode } from "../lib/chain-node.ts";
import { localAccounts } from "./accounts.ts";
import { deployLocalMarket, type LocalContracts } from "./deploy.ts";

const POLL_MS = 100;
/** Nonces that a fresh deployer may begin at: each market gets an address of its own, and so does its share of the engine. */
const NONCES = 2 ** 31;

/** A market of its own on a local chain. */
export interface LocalMarket {
  readonly rpcUrl: string;
  readonly contracts: LocalContracts;
  readonly client: PublicClient;
  readonly market: Market;
  readonly token: TokenInfo;
  readonly walletOf: (account: LocalAccount) => SigningClient;
}

/** Deploys the market on a running local chain and opens it for reading. */
export async function openLocalMarket(chain: ChainNode): Promise<LocalMarket> {
  const rpcUrl = chain.url;
  const client = createPublicClient({ chain: hardhat, transport: http(rpcUrl), pollingInterval: POLL_MS });
  const { address } = localAccounts.deployer;
  await createTestClient({ mode: "hardhat", chain: hardhat, transport: http(rpcUrl) }).setNonce({
    address,
    nonce: randomInt(1, NONCES),
  });
  const contracts = await deployLocalMarket(rpcUrl, `local-${new URL(rpcUrl).port}`);
  const market = await connectMarket({ client, address: contracts.market, chainId: hardhat.id });
  const token = await market.tokenInfo(contracts.token);
  const walletOf = (account: LocalAccount): SigningClient =>
    createWalletClient({ account, chain: hardhat, transport: http(rpcUrl), pollingInterval: POLL_MS });
  return { rpcUrl, contracts, client, market, token, walletOf };
}

// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { computeMarketAbi, type MarketPeriods, mockUsdAbi } from "@berth/sdk";
import {
  type Abi,
  type Address,
  createTestClient,
  getAddress,
  type Hash,
  type Hex,
  http,
  maxUint256,
  parseEther,
  publicActions,
  type TransactionReceipt,
  walletActions,
} from "viem";
import { foundry } from "viem/chains";

const ARTIFACTS = new URL("../../artifacts/contracts/", import.meta.url);
const POLL_MS = 20;
const FORTUNE = 2n ** 200n;

/** A client of a local node that may do anything: read, send from any account, set the time. */
export function connectTestClient(url: string) {
  return createTestClient({
    mode: "hardhat",
    chain: foundry,
    transport: http(url, { batch: true }),
    cacheTime: 0,
    pollingInterval: POLL_MS,
  })
    .extend(publicActions)
    .extend(walletActions);
}

export type LocalClient = ReturnType<typeof connectTestClient>;

/** A market and its dollar, fresh on a local node. */
export interface LocalMarket {
  readonly client: LocalClient;
  readonly market: Address;
  readonly token: Address;
  /** Unlocked and funded accounts of the node. */
  readonly accounts: readonly Address[];
}

/** Deploys both contracts from the artifacts. Periods in seconds. */
export async function deployLocalMarket(
  url: string,
  { lapsePeriod, disputeWindow, rulingPeriod }: MarketPeriods,
): Promise<LocalMarket> {
  const client = connectTestClient(url);
  const accounts = await client.getAddresses();
  const from = at(accounts, 0);
  const args = [lapsePeriod, disputeWindow, rulingPeriod];
  const market = await deploy(client, from, computeMarketAbi, "ComputeMarket.sol/ComputeMarket.json", args);
  const token = await deploy(client, from, mockUsdAbi, "mocks/MockUSD.sol/MockUSD.json", []);
  return { client, market, token, accounts };
}

/** Gives an account more dollars than it can spend, and lets the market take them. */
export async function enrich({ client, market, token }: LocalMarket, account: Address): Promise<void> {
  const dollar = { abi: mockUsdAbi, address: token, account } as const;
  await succeed(
    client,
    await client.writeContract({ ...dollar, functionName: "mint", args: [account, FORTUNE] }),
  );
  await succeed(
    client,
    await client.writeContract({ ...dollar, functionName: "approve", args: [market, maxUint256] }),
  );
}

/** Makes the node sign for an account that it has no key of, and gives it gas money. */
export async function impersonate(client: LocalClient, account: Address): Promise<void> {
  await client.impersonateAccount({ address: account });
  await client.setBalance({ address: account, value: parseEther("1000") });
}

/** The receipt of a transaction that must have succeeded. */
export async function succeed(client: LocalClient, hash: Hash): Promise<TransactionReceipt> {
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`transaction ${hash} reverted`);
  return receipt;
}

/** The element of a list that must be there. */
export function at<Element>(list: readonly Element[], index: number): Element {
  const element = list[index];
  if (element === undefined) throw new Error(`no element ${index} in a list of ${list.length}`);
  return element;
}

async function deploy(
  client: LocalClient,
  account: Address,
  abi: Abi,
  artifact: string,
  args: readonly unknown[],
): Promise<Address> {
  const { bytecode } = JSON.parse(readFileSync(new URL(artifact, ARTIFACTS), "utf8")) as { bytecode: Hex };
  const hash = await client.deployContract({ abi, account, bytecode, args });
  const { contractAddress } = await succeed(client, hash);
  if (!contractAddress) throw new Error(`${artifact} has no address`);
  return getAddress(contractAddress);
}

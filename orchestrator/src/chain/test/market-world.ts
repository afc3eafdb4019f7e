// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { approveCall, type ContractCall, mockUsdAbi, marketCalls, sendCall, type SentCall } from "@berth/sdk";
import {
  type Abi,
  type Address,
  createPublicClient,
  createTestClient,
  createWalletClient,
  type Hex,
  http,
  type LocalAccount,
  type PublicClient,
  type TestClient,
} from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { type ChainNode, startAnvil } from "../../../../scripts/lib/chain-node.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const LAPSE_PERIOD = 3_600n;
const DISPUTE_WINDOW = 3_600n;
const RULING_PERIOD = 3_600n;
const DOLLAR = 1_000_000n;
const RESOURCES = { cpuMillis: 500, memoryMiB: 256, storageMiB: 1_024, gpuCount: 0, gpuModel: "" } as const;
const TERMS = {
  milliRatePerSecond: 277_778n,
  collateral: 5n * DOLLAR,
  minPeriod: 60n,
  startPeriod: 600n,
  retentionPeriod: 3_600n,
};

/** A real chain with a market on it: one provider with an offer, and a tenant with money. */
export interface MarketWorld {
  readonly node: ChainNode;
  readonly client: PublicClient;
  /** Turns the clock, mines, takes blocks back. */
  readonly control: TestClient<"anvil">;
  readonly chainId: number;
  readonly market: Address;
  readonly token: Address;
  readonly provider: LocalAccount;
  readonly operator: LocalAccount;
  readonly tenant: LocalAccount;
  readonly offerId: bigint;
  /** Opens a lease as the tenant and answers its number. */
  openLease(manifestHash: Hex): Promise<bigint>;
  send(account: LocalAccount, call: ContractCall): Promise<SentCall>;
}

export const resources = RESOURCES;
export const terms = TERMS;

/** An account of the node's mnemonic, funded with its coin. */
export function accountAt(index: number): HDAccount {
  return mnemonicToAccount(MNEMONIC, { addressIndex: index });
}

/** A client that asks once and does not wait long. */
export function clientOf(url: string): PublicClient {
  return createPublicClient({ chain: foundry, transport: http(url, { retryCount: 0, timeout: 5_000 }) });
}

/** A world on a node of its own; `control` works on anvil alone. */
export async function createWorld(start: () => Promise<ChainNode> = startAnvil): Promise<MarketWorld> {
  const node = await start();
  const client = clientOf(node.url);
  const control = createTestClient({ mode: "anvil", chain: foundry, transport: http(node.url) });
  const [provider, operator, tenant] = [accountAt(1), accountAt(2), accountAt(3)];
  const market = await deploy(node.url, client, "ComputeMarket.sol/ComputeMarket", [
    LAPSE_PERIOD,
    DISPUTE_WINDOW,
    RULING_PERIOD,
  ]);
  const token = await deploy(node.url, client, "mocks/MockUSD.sol/MockUSD", []);
  const calls = marketCalls(market);

  const send = async (account: LocalAccount, call: ContractCall): Promise<SentCall> => {
    const wallet = createWalletClient({ account, chain: foundry, transport: http(node.url) });
    return sendCall(wallet, client, call);
  };
  for (const account of [provider, tenant]) {
    const args = [account.address, 1_000_000n * DOLLAR] as const;
    await send(account, { abi: mockUsdAbi, address: token, functionName: "mint", args });
    await send(account, approveCall(token, market, 2n ** 256n - 1n));
  }
  const registration = { operator: operator.address, reportPeriod: 600n, endpoint: "", metadataURI: "" };
  await send(provider, calls.register(registration));
  await send(provider, calls.stake(token, 1_000n * DOLLAR));
  const arbitrator = "0x0000000000000000000000000000000000000000" as const;
  const offer = {
    terms: { ...TERMS, token, arbitrator },
    capacity: 100n,
    resources: RESOURCES,
    metadataURI: "",
  };
  await send(provider, calls.createOffer(offer));

  const openLease = async (manifestHash: Hex): Promise<bigint> => {
    const price = { offerId: 1n, provider: provider.address, maxMilliRate: TERMS.milliRatePerSecond };
    const opening = { ...price, amount: DOLLAR, manifestHash, tenant: tenant.address };
    const [event] = (await send(tenant, calls.open(opening))).events;
    if (event?.name !== "LeaseOpened") throw new Error("no lease was opened");
    return event.args.leaseId;
  };
  const people = { provider, operator, tenant };
  return {
    node,
    client,
    control,
    chainId: foundry.id,
    market,
    token,
    ...people,
    offerId: 1n,
    openLease,
    send,
  };
}

/** Deploys a contract of ours on a node that mines at once, by the file of its artifact under `contracts/`. */
export async function deploy(
  url: string,
  client: PublicClient,
  name: string,
  args: readonly unknown[],
): Promise<Address> {
  const path = new URL(`../../../../artifacts/contracts/${name}.json`, import.meta.url);
  const { abi, bytecode } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly abi: Abi;
    readonly bytecode: Hex;
  };
  const wallet = createWalletClient({ account: accountAt(0), chain: foundry, transport: http(url) });
  const hash = await wallet.deployContract({ abi, bytecode, args });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (contractAddress === null || contractAddress === undefined) throw new Error(`${name} was not deployed`);
  return contractAddress;
}

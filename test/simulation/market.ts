// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { approveCall, marketCalls, mockUsdAbi, sendCall, type ContractCall } from "@berth/sdk";
import {
  createPublicClient,
  createWalletClient,
  http,
  zeroAddress,
  type Abi,
  type Address,
  type Hex,
  type LocalAccount,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

const MNEMONIC = "test test test test test test test test test test test junk";
const DOLLAR = 1_000_000n;
const [HOUR, DAY] = [3_600n, 86_400n];
const TENANTS = 6;

/** What is true in every simulation before it begins. */
export interface SimulatedMarket {
  readonly url: string;
  readonly market: Address;
  readonly token: Address;
  readonly provider: LocalAccount;
  readonly operator: LocalAccount;
  readonly operatorKey: Hex;
  readonly tenants: readonly LocalAccount[];
  readonly offerId: bigint;
  readonly terms: typeof TERMS;
}

export const REPORT_PERIOD = HOUR;
/** A dollar an hour, so that a second is a whole number of thousandths. */
const TERMS = {
  milliRatePerSecond: 277_000n,
  collateral: DOLLAR,
  minPeriod: 60n,
  startPeriod: 600n,
  retentionPeriod: 2n * HOUR,
};
const RESOURCES = { cpuMillis: 500, memoryMiB: 256, storageMiB: 1_024, gpuCount: 0, gpuModel: "" } as const;

/** Deploys the market on a node that mines at once, with one provider and his offer, and tenants with money. */
export async function deployMarket(url: string): Promise<SimulatedMarket> {
  const client = createPublicClient({ chain: foundry, transport: http(url) });
  const account = (index: number): LocalAccount => mnemonicToAccount(MNEMONIC, { addressIndex: index });
  const operator = mnemonicToAccount(MNEMONIC, { addressIndex: 2 });
  const [provider, tenants] = [account(1), Array.from({ length: TENANTS }, (_, index) => account(3 + index))];
  const send = (from: LocalAccount, call: ContractCall) =>
    sendCall(createWalletClient({ account: from, chain: foundry, transport: http(url) }), client, call);
  const deploy = async (name: string, args: readonly unknown[]): Promise<Address> => {
    const { abi, bytecode } = artifactOf(name);
    const wallet = createWalletClient({ account: account(0), chain: foundry, transport: http(url) });
    const hash = await wallet.deployContract({ abi, bytecode, args });
    const { contractAddress } = await client.waitForTransactionReceipt({ hash });
    return contractAddress ?? zeroAddress;
  };
  const market = await deploy("ComputeMarket.sol/ComputeMarket", [DAY, HOUR, HOUR]);
  const token = await deploy("mocks/MockUSD.sol/MockUSD", []);
  const calls = marketCalls(market);
  for (const { address, ...from } of [provider, ...tenants]) {
    const args = [address, 1_000_000n * DOLLAR] as const;
    await send({ address, ...from }, { abi: mockUsdAbi, address: token, functionName: "mint", args });
    await send({ address, ...from }, approveCall(token, market, 2n ** 256n - 1n));
  }
  const [endpoint, metadataURI] = ["", ""];
  await send(
    provider,
    calls.register({ operator: operator.address, reportPeriod: REPORT_PERIOD, endpoint, metadataURI }),
  );
  await send(provider, calls.stake(token, 10_000n * DOLLAR));
  const terms = { ...TERMS, token, arbitrator: zeroAddress };
  await send(provider, calls.createOffer({ terms, capacity: 1_000n, resources: RESOURCES, metadataURI }));
  const key = operator.getHdKey().privateKey ?? new Uint8Array();
  const operatorKey: Hex = `0x${Buffer.from(key).toString("hex")}`;
  return { url, market, token, provider, operator, operatorKey, tenants, offerId: 1n, terms: TERMS };
}

function artifactOf(name: string): { readonly abi: Abi; readonly bytecode: Hex } {
  const path = new URL(`../../artifacts/contracts/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")) as { readonly abi: Abi; readonly bytecode: Hex };
}

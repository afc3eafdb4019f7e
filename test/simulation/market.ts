// SPDX-License-Identifier: Apache-2.0
import { approveCall, marketCalls, mockUsdAbi, sendCall, type ContractCall } from "@berth/sdk";
import {
  createWalletClient,
  http,
  toHex,
  zeroAddress,
  type Address,
  type Hex,
  type LocalAccount,
} from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { accountAt, clientOf, deploy, resources } from "../../orchestrator/src/chain/test/market-world.ts";
import type { ChainRules } from "../../scripts/lib/chain-node.ts";
import { tellNode } from "./node-rpc.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const DOLLAR = 1_000_000n;
const [HOUR, DAY] = [3_600n, 86_400n];
const TENANTS = 6;
/** Blocks since the offer was made: more than an RPC lags. */
const PAST = "0x20";

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

/**
 * Every block of a seed has the same time. Anvil was seen to lose the code of all contracts in a reorganisation after some 1,300 blocks,
 * and not where it puts no state on the disk.
 */
export const CHAIN: ChainRules = { beginsAt: 1_800_000_000, keptStates: 1_000 };
/** Where tenants are told to find the provider; in the simulation they ask the daemon where it listens. */
export const ENDPOINT = "https://provider.example";
const REPORT_PERIOD = HOUR;
/** A dollar an hour, so that a second is a whole number of thousandths. */
const TERMS = {
  milliRatePerSecond: 277_000n,
  collateral: DOLLAR,
  minPeriod: 60n,
  startPeriod: 600n,
  retentionPeriod: 2n * HOUR,
};
/**
 * Deploys the market on a node that mines at once, with one provider and his offer, and tenants with money; afterwards the node mines
 * only when it is told to. Every block comes a second after the one before, so that the same node is the same to the last hash.
 */
export async function deployMarket(url: string): Promise<SimulatedMarket> {
  await tellNode(url, "anvil_setBlockTimestampInterval", [1]);
  const client = clientOf(url);
  const operator = mnemonicToAccount(MNEMONIC, { addressIndex: 2 });
  const provider = accountAt(1);
  const tenants = Array.from({ length: TENANTS }, (_, index) => accountAt(3 + index));
  const send = (account: LocalAccount, call: ContractCall) =>
    sendCall(createWalletClient({ account, chain: foundry, transport: http(url) }), client, call);
  const market = await deploy(url, client, "ComputeMarket.sol/ComputeMarket", [DAY, HOUR, HOUR]);
  const token = await deploy(url, client, "mocks/MockUSD.sol/MockUSD", []);
  const calls = marketCalls(market);
  for (const account of [provider, ...tenants]) {
    const args = [account.address, 1_000_000n * DOLLAR] as const;
    await send(account, { abi: mockUsdAbi, address: token, functionName: "mint", args });
    await send(account, approveCall(token, market, 2n ** 256n - 1n));
  }
  const [endpoint, metadataURI] = [ENDPOINT, ""];
  await send(
    provider,
    calls.register({ operator: operator.address, reportPeriod: REPORT_PERIOD, endpoint, metadataURI }),
  );
  await send(provider, calls.stake(token, 10_000n * DOLLAR));
  const terms = { ...TERMS, token, arbitrator: zeroAddress };
  await send(provider, calls.createOffer({ terms, capacity: 1_000n, resources, metadataURI }));
  await tellNode(url, "anvil_mine", [PAST]);
  await tellNode(url, "anvil_removeBlockTimestampInterval");
  await tellNode(url, "evm_setAutomine", [false]);
  const operatorKey = toHex(operator.getHdKey().privateKey ?? new Uint8Array());
  return { url, market, token, provider, operator, operatorKey, tenants, offerId: 1n, terms: TERMS };
}
